package dev.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.TestConfig;
import dev.gatehouse.http.Exchange;
import dev.gatehouse.http.TestRequest;
import dev.gatehouse.observe.AccessLog;
import dev.gatehouse.upstream.UpstreamPool;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RoadTest {
    static Stream<Throwable> bugs() {
        return Stream.of(new IllegalStateException("a bug"), new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("bugs")
    @Tag("RS-05")
    void bugInARequestIsA500AndTheEndOfItsConnectionOnly(Throwable bug) {
        var config = new TestConfig()
                .plain(List.of("app.example"), TestConfig.route("/"))
                .build();
        var road = new Road(
                config,
                (_, _) -> new UpstreamPool[0],
                new ArrayByteBufferPool(),
                0,
                AccessLog.start(config.log()),
                _ -> null);
        var calls = new ArrayList<String>();

        road.handle(exchange(bug, calls));

        assertThat(calls).containsExactly("lastOfConnection", "respond 500");
    }

    /// A request whose target cannot be looked at without the bug.
    private static Exchange exchange(Throwable bug, List<String> calls) {
        var request = TestRequest.get("/", "Host: app.example");
        return (Exchange) Proxy.newProxyInstance(
                Exchange.class.getClassLoader(), new Class<?>[] {Exchange.class}, (_, method, arguments) -> {
                    switch (method.getName()) {
                        case "uri" -> throw bug;
                        case "method" -> {
                            return request.method();
                        }
                        case "fields" -> {
                            return request.fields();
                        }
                        case "protocol" -> {
                            return request.protocol();
                        }
                        case "connection" -> {
                            return request.connection();
                        }
                        case "committed" -> {
                            return false;
                        }
                        case "respond" -> calls.add("respond " + arguments[0]);
                        case "lastOfConnection" -> calls.add("lastOfConnection");
                        default -> {}
                    }
                    return null;
                });
    }
}
