import java.nio.file.Path;
import java.util.Map;

import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * A node of Elasticsearch on loopback, until its standard input ends.
 *
 * Arguments: the folder of its modules, a folder for its data. The first line it prints is its port.
 */
public class Server {
    public static void main(String[] arguments) throws Exception {
        Settings settings = Settings.builder()
            .put("path.home", arguments[0])
            .put("path.data", arguments[1])
            .put("path.logs", arguments[1])
            .put("node.name", "judge")
            .put("network.host", "127.0.0.1")
            .put("http.port", "0")
            .put("transport.port", "0")
            .put("discovery.type", "single-node")
            .put("node.store.allow_mmap", false)
            .put("node.processors", 1)
            .build();
        LogConfigurator.configureWithoutConfig(settings);
        Environment environment = new Environment(settings, Path.of(arguments[1]));
        PluginsLoader modules = PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(environment.modulesDir()),
            PluginsLoader.loadPluginsBundles(environment.pluginsDir()),
            Map.of()
        );
        try (Node node = new Node(environment, modules)) {
            node.start();
            int port = node.injector().getInstance(org.elasticsearch.http.HttpServerTransport.class)
                .boundAddress().publishAddress().getPort();
            System.out.println(port);
            while (System.in.read() >= 0) {
                // Until whoever started it is gone.
            }
        }
        System.exit(0);
    }
}
