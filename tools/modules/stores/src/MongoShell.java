import java.nio.file.Files;
import java.nio.file.Path;

import javax.script.ScriptEngine;

import org.bson.Document;
import org.openjdk.nashorn.api.scripting.NashornScriptEngineFactory;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;

/**
 * As much of MongoDB's old shell as scripts use: an address, then {@code --eval} with code, or a file. Its JavaScript
 * is ECMAScript 5, and a command that fails is an answer with {@code ok: 0}, as in that shell.
 */
public final class MongoShell {
    /** What the scripts' JavaScript calls. */
    public static final class Calls {
        private final MongoClient client;

        Calls(MongoClient client) {
            this.client = client;
        }

        public String run(String database, String command) {
            try {
                return client.getDatabase(database).runCommand(Document.parse(command)).toJson();
            } catch (MongoCommandException refused) {
                return refused.getResponse().toJson();
            }
        }

        public void print(Object text) {
            System.out.println(text);
        }

        public void quit(int code) {
            System.exit(code);
        }
    }

    private static final String WORDS = """
        function print(text) { calls.print(text); }
        function quit(code) { calls.quit(code); }
        function Database(name) { this.name = name; }
        Database.prototype = {
          getName: function () { return this.name; },
          getSiblingDB: function (name) { return new Database(name); },
          runCommand: function (command) {
            return JSON.parse(calls.run(this.name, JSON.stringify(command)));
          },
          adminCommand: function (command) { return new Database("admin").runCommand(command); }
        };
        var db = new Database(start);
        """;

    public static void main(String[] arguments) throws Exception {
        String address = null;
        String port = "27017";
        String code = null;
        for (int at = 0; at < arguments.length; at++) {
            String word = arguments[at];
            switch (word) {
                case "--quiet", "--norc" -> {}
                case "--port" -> port = arguments[++at];
                case "--eval" -> code = arguments[++at];
                default -> {
                    if (word.startsWith("--")) {
                        throw new IllegalArgumentException("the old shell's option " + word + " is not known here");
                    } else if (word.startsWith("mongodb://")) {
                        address = word;
                    } else {
                        code = Files.readString(Path.of(word));
                    }
                }
            }
        }
        var place = new ConnectionString(address == null ? "mongodb://127.0.0.1:" + port + "/test" : address);
        var settings = MongoClientSettings.builder()
            .applyConnectionString(place)
            .applyToClusterSettings(cluster -> cluster.serverSelectionTimeout(2, java.util.concurrent.TimeUnit.SECONDS))
            .build();
        try (MongoClient client = MongoClients.create(settings)) {
            ScriptEngine engine = new NashornScriptEngineFactory().getScriptEngine("--language=es5");
            engine.put("calls", new Calls(client));
            engine.put("start", place.getDatabase() == null ? "test" : place.getDatabase());
            engine.eval(WORDS);
            engine.eval(code);
        } catch (Exception fault) {
            System.err.println(fault.getMessage());
            System.exit(252);
        }
    }
}
