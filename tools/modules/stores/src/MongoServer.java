import java.net.InetSocketAddress;

import de.bwaldvogel.mongo.backend.memory.MemoryBackend;

/**
 * A server on loopback that speaks MongoDB's protocol and keeps everything in memory, until its standard input ends.
 *
 * Arguments: its port; none is any that is free. The first line it prints is its port.
 */
public final class MongoServer {
    public static void main(String[] arguments) throws Exception {
        int port = arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]);
        var server = new de.bwaldvogel.mongo.MongoServer(new MemoryBackend());
        server.bind(new InetSocketAddress("127.0.0.1", port));
        System.out.println(server.getLocalAddress().getPort());
        while (System.in.read() >= 0) {}
        server.shutdownNow();
    }
}
