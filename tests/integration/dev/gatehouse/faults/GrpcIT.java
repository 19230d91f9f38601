package dev.gatehouse.faults;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.EveryHttp2;
import dev.gatehouse.support.EveryProtocol;
import dev.gatehouse.support.Fields;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Request;
import dev.gatehouse.support.Stage;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Trailers, and what gRPC makes of our own failures.
@Timeout(60)
class GrpcIT {
    private static final TestOrigin MUTE = TestOrigin.mute();

    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                    .route("/", origin.address())
                    .route("/refused", TestOrigin.refusingAddress())
                    .route("/mute", MUTE.address()))
            .timeout("upstream_response_header", ofSeconds(1)));

    @AfterAll
    static void stop() throws IOException {
        MUTE.close();
    }

    @Tag("UP-13")
    @EveryProtocol
    void trailersOfTheAnswerPass(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.send(Request.get("/trailers").with("TE", "trailers"));

            assertThat(answer.text()).isEqualTo("hello");
            assertThat(answer.trailers().first("x-checksum")).hasValue("abc");
            assertThat(answer.trailers().first("grpc-status")).hasValue("0");
            assertThat(client.get("/headers").status()).isEqualTo(200);
        }
    }

    @Tag("UP-13")
    @EveryProtocol
    void trailersOfTheRequestPass(Front front) {
        var target = "/echo?trailers=" + front;
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.send(Request.of("POST", target)
                    .body(Body.of("hello"), Request.Framing.CHUNKED)
                    .trailer("X-Sum", "1"));

            assertThat(answer.text()).isEqualTo("hello");
            assertThat(answer.trailers().first("x-sum")).hasValue("1");
        }
        var request = STAGE.origin().awaitRequest(target);
        assertThat(request.trailers().first("x-sum")).hasValue("1");
        assertThat(request.body().text()).isEqualTo("hello");
    }

    @Tag("UP-13")
    @EveryHttp2
    void statusWithoutABodyPasses(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.get("/grpc-status-only");

            assertThat(answer.fields()
                            .first("grpc-status")
                            .or(() -> answer.trailers().first("grpc-status")))
                    .hasValue("5");
        }
    }

    @Tag("UP-13")
    @EveryHttp2
    void unavailableUpstreamIsToldInTheWordsOfGrpc(Front front) {
        assertThat(grpcStatus(front, "/refused")).isEqualTo("14");
    }

    @Tag("UP-13")
    @EveryHttp2
    void upstreamThatTakesTooLongIsToldInTheWordsOfGrpc(Front front) {
        assertThat(grpcStatus(front, "/mute")).isEqualTo("4");
    }

    private static String grpcStatus(Front front, String target) {
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.send(Request.of("POST", target)
                    .with("Content-Type", "application/grpc+proto")
                    .with("TE", "trailers")
                    .body(Body.of("\0\0\0\0\0"), Request.Framing.CHUNKED));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.fields().first("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("application/grpc"));
            return answer.fields().with(answer.trailers()).first("grpc-status").orElse(Fields.NONE.toString());
        }
    }
}
