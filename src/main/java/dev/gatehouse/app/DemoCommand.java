package dev.gatehouse.app;

import dev.gatehouse.config.ProblemReport;
import dev.gatehouse.observe.SystemLog;
import dev.gatehouse.tls.SelfSigned;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = "Runs a proxy with a backend and a certificate of its own on this machine, to try things out.")
final class DemoCommand implements Callable<Integer> {
    private static final int PLAIN_PORT = 8080;
    private static final int TLS_PORT = 8443;
    private static final int PORTS_TRIED = 100;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        var shutdown = Shutdown.bySignals();
        var directory = Files.createTempDirectory("gatehouse-demo-");
        var origin = DemoOrigin.start();
        try {
            var plainPort = freePort(PLAIN_PORT);
            var tlsPort = freePort(TLS_PORT);
            var config = write(directory, plainPort, tlsPort, origin.port());
            var checked = CheckedConfig.read(config, null);
            err.print(ProblemReport.render(checked.source(), checked.problems()));
            err.flush();
            var good = checked.config();
            if (good == null || checked.hasErrors()) {
                return ExitCode.CONFIGURATION;
            }
            SystemLog.configure(good.log());
            shutdown.of(Gatehouse.start(good, checked.files(), Map.of()));
            introduce(out, directory, plainPort, tlsPort);
            return shutdown.await(() -> {});
        } catch (StartException e) {
            err.println("gatehouse: " + e.getMessage());
            if (e.hint() != null) {
                err.println("hint: " + e.hint());
            }
            return ExitCode.RUNTIME;
        } finally {
            origin.close();
            delete(directory);
        }
    }

    private static Path write(Path directory, int plainPort, int tlsPort, int originPort) throws IOException {
        SelfSigned.write(
                SelfSigned.forLocalhost(List.of()),
                directory.resolve("localhost.crt"),
                directory.resolve("localhost.key"));
        var config = directory.resolve("config.toml");
        Files.writeString(config, """
            listen_port = %d
            listen_port_tls = %d
            listen_address_v4 = "127.0.0.1"

            [apps.demo]
            server_name = "localhost"
            tls = { tls_cert_path = "localhost.crt", tls_cert_key_path = "localhost.key" }

            [[apps.demo.reverse_proxy]]
            upstream = [{ location = "127.0.0.1:%d" }]
            """.formatted(plainPort, tlsPort, originPort));
        return config;
    }

    private static void introduce(PrintWriter out, Path directory, int plainPort, int tlsPort) throws IOException {
        var certificate = directory.resolve("localhost.crt");
        var config = directory.resolve("config.toml");
        out.println("""
            This is all of %s:

            %s
            The backend behind it is a part of this demo. Three things to try in another terminal:

            1. HTTP/2 over TLS; the backend answers with the header fields it got:
               curl --cacert %s https://localhost:%d/

            2. Plaintext is sent to https, and a large answer streams through:
               curl --cacert %s -L -o /dev/null http://localhost:%d/big

            3. Break the configuration above with an editor, and let it be explained:
               %s check -c %s

            Each request shows below. Ctrl-C ends the demo and removes its files.
            """.formatted(
                        config,
                        Files.readString(config).indent(4),
                        certificate,
                        tlsPort,
                        certificate,
                        plainPort,
                        System.getProperty("gatehouse.command", "gatehouse"),
                        config));
        out.flush();
    }

    /// The port, or the next one above it that is free on the loopback address.
    private static int freePort(int first) throws IOException {
        for (int port = first; port < first + PORTS_TRIED; port++) {
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
                return port;
            } catch (IOException _) {
                // taken: the next one
            }
        }
        throw new IOException("no free port between " + first + " and " + (first + PORTS_TRIED - 1));
    }

    private static void delete(Path directory) {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException _) {
            // what is left stays in the directory for temporary files
        }
    }
}
