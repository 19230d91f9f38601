package dev.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.gatehouse.config.AppTlsConfig;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.HstsConfig;
import dev.gatehouse.config.LogConfig;
import dev.gatehouse.config.TestConfig;
import dev.gatehouse.config.TlsPolicy;
import dev.gatehouse.http.Exchange;
import dev.gatehouse.http.FixedResponse;
import dev.gatehouse.http.RequestHead;
import dev.gatehouse.http.TestRequest;
import dev.gatehouse.observe.AccessLog;
import dev.gatehouse.upstream.UpstreamPool;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever response is made here has a Date, the app's Strict-Transport-Security, and a line in the access log.
class OwnResponsesTest {
    private static final HstsConfig HSTS = new HstsConfig(60, false, false);
    private static final String GRPC = "Content-Type: application/grpc";

    @TempDir
    private Path directory;

    private static Stream<Arguments> responses() {
        return Stream.of(
                arguments("redirect", TestRequest.get("/", "Host: app.example"), 301, " app=\"app\" ", false),
                arguments(
                        "no app",
                        TestRequest.get("/", "Host: other.example").toServerName("other.example"),
                        503,
                        " attempts=0 ",
                        false),
                arguments(
                        "no route",
                        TestRequest.get("/none", "Host: app.example").toServerName("app.example"),
                        404,
                        " app=\"app\" ",
                        true),
                arguments(
                        "no route, gRPC",
                        TestRequest.h2("app.example", "/none", GRPC).toServerName("app.example"),
                        200,
                        " app=\"app\" ",
                        true),
                arguments(
                        "of the server",
                        TestRequest.h1("OPTIONS", "*", "Host: app.example").toServerName("app.example"),
                        200,
                        " app=\"app\" ",
                        true),
                arguments("fixed", TestRequest.get("/fixed", "Host: app.example"), 203, " attempts=0 ", false));
    }

    private static GatehouseConfig config() {
        var tls = new AppTlsConfig(Path.of("/c.pem"), Path.of("/k.pem"), null, TlsPolicy.DEFAULTS, HSTS, null);
        return new TestConfig()
                .app(List.of("app.example"), tls, true, TestConfig.route("/served"))
                .build();
    }

    private static @Nullable FixedResponse fixed(RequestHead request) {
        return request.uri().getPath().equals("/fixed")
                ? new FixedResponse(203, HttpFields.EMPTY, ByteBuffer.allocate(0))
                : null;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("responses")
    void responsesOfOursHaveWhatAllHave(String name, TestRequest request, int status, String logged, boolean strict)
            throws IOException {
        var file = directory.resolve("access.log");
        var log = new LogConfig(LogConfig.Level.INFO, null, true, file, LogConfig.AccessFormat.COMBINED, false);
        var client = new Client(request);
        try (var accessLog = AccessLog.start(log)) {
            var road = new Road(
                    config(),
                    (_, _) -> new UpstreamPool[0],
                    new ArrayByteBufferPool(),
                    0,
                    accessLog,
                    OwnResponsesTest::fixed);

            road.handle(client.exchange());
        }

        var fields = Objects.requireNonNull(client.fields);
        assertThat(client.status).isEqualTo(status);
        assertThat(fields.getValuesList(HttpHeader.DATE)).hasSize(1);
        assertThat(fields.getValuesList(HttpHeader.STRICT_TRANSPORT_SECURITY))
                .isEqualTo(strict ? List.of("max-age=60") : List.of());
        assertThat(Files.readString(file)).contains("\" " + status + " ").contains(logged);
    }

    /// Takes a response and is gone.
    private static final class Client implements InvocationHandler {
        private final TestRequest request;
        private Exchange.@Nullable Listener listener;
        private int status;
        private @Nullable HttpFields fields;

        Client(TestRequest request) {
            this.request = request;
        }

        Exchange exchange() {
            return (Exchange)
                    Proxy.newProxyInstance(Exchange.class.getClassLoader(), new Class<?>[] {Exchange.class}, this);
        }

        @Override
        public @Nullable Object invoke(Object exchange, Method method, Object @Nullable [] arguments) {
            return switch (method.getName()) {
                case "uri" -> request.uri();
                case "method" -> request.method();
                case "fields" -> request.fields();
                case "protocol" -> request.protocol();
                case "connection" -> request.connection();
                case "committed" -> false;
                case "contentLength", "bytesSent", "bytesReceived", "beganNanos" -> 0L;
                case "listener" -> {
                    listener = (Exchange.Listener) Objects.requireNonNull(arguments)[0];
                    yield null;
                }
                case "respond" -> {
                    status = (int) Objects.requireNonNull(arguments)[0];
                    fields = (HttpFields) arguments[1];
                    Objects.requireNonNull(listener).ended(null);
                    yield null;
                }
                default -> null;
            };
        }
    }
}
