package dev.gatehouse.header;

import static dev.gatehouse.http.TestRequest.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.http.Protocol;
import dev.gatehouse.http.TestRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpgradeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: Upgrade|Upgrade: websocket",
                "connection: keep-alive, upgrade|upgrade: WebSocket",
                "Connection: keep-alive|Upgrade: websocket|Connection: x,UPGRADE",
            })
    void takesOneWebSocket(String lines) {
        assertThat(Upgrade.isWebSocket(TestRequest.get("/", lines.split("\\|"))))
                .isTrue();
        assertThat(Upgrade.isToWebSocket(fields(lines.split("\\|")))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: a.example",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Connection: close|Upgrade: websocket",
                "Connection: xupgrade|Upgrade: websocket",
                "Connection: Upgrade|Upgrade: h2c",
                "Connection: Upgrade, HTTP2-Settings|Upgrade: h2c|HTTP2-Settings: AAMAAABk",
                "Connection: Upgrade|Upgrade: websocket, h2c",
                "Connection: Upgrade|Upgrade: h2c, websocket",
                "Connection: Upgrade|Upgrade: websocket|Upgrade: h2c",
                "Connection: Upgrade|Upgrade: websocket|Upgrade: websocket",
                "Connection: Upgrade|Upgrade: websocket/13",
                "Connection: Upgrade|Upgrade:",
                "Connection: Upgrade|Upgrade: TLS/1.0",
            })
    void takesNothingElse(String lines) {
        assertThat(Upgrade.isWebSocket(TestRequest.get("/", lines.split("\\|"))))
                .isFalse();
        assertThat(Upgrade.isToWebSocket(fields(lines.split("\\|")))).isFalse();
    }

    @Test
    void takesItFromHttp11GetAlone() {
        var get = TestRequest.get("/", "Connection: Upgrade", "Upgrade: websocket");

        assertThat(Upgrade.isWebSocket(get.as(Protocol.HTTP_1_0))).isFalse();
        assertThat(Upgrade.isWebSocket(get.as(Protocol.HTTP_2))).isFalse();
        assertThat(Upgrade.isWebSocket(TestRequest.h1("POST", "/", "Connection: Upgrade", "Upgrade: websocket")))
                .isFalse();
    }
}
