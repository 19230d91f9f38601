package dev.gatehouse.header;

import static dev.gatehouse.http.TestRequest.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.Upgrades;
import dev.gatehouse.http.Protocol;
import dev.gatehouse.http.RequestHead;
import dev.gatehouse.http.TestRequest;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpgradeTest {
    private static @Nullable String offered(RequestHead request, boolean body, Upgrades allowed) {
        var field = Upgrade.offered(request, body, allowed);
        return field == null ? null : field.getValue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '!', textBlock = """
        GET  ! Connection: Upgrade|Upgrade: websocket                               ! websocket
        GET  ! connection: keep-alive, upgrade|upgrade: WebSocket                   ! websocket
        GET  ! Connection: keep-alive|Upgrade: websocket|Connection: x,UPGRADE      ! websocket
        POST ! Connection: Upgrade|Upgrade: tcp                                     ! tcp
        POST ! Connection: Upgrade|Upgrade: SPDY/3.1                                ! SPDY/3.1
        POST ! Connection: upgrade|Upgrade: tailscale-control-protocol              ! tailscale-control-protocol
        GET  ! Connection: Upgrade|Upgrade: DERP                                    ! DERP
        GET  ! Connection: Upgrade|Upgrade: websocket, derp                         ! websocket, derp
        GET  ! Connection: Upgrade|Upgrade: h2c, websocket                          ! websocket
        GET  ! Connection: Upgrade|Upgrade: websocket|Upgrade: H2C                  ! websocket
        POST ! Connection: Upgrade|Upgrade: websocket, tcp                          ! tcp
        POST ! Connection: Upgrade|Upgrade: websocket                               !
        GET  ! Host: a.example                                                      !
        GET  ! Connection: Upgrade                                                  !
        GET  ! Upgrade: websocket                                                   !
        GET  ! Connection: close|Upgrade: websocket                                 !
        GET  ! Connection: xupgrade|Upgrade: websocket                              !
        GET  ! Connection: Upgrade|Upgrade:                                         !
        GET  ! Connection: Upgrade, HTTP2-Settings|Upgrade: h2c|HTTP2-Settings: AAM !
        GET  ! Connection: Upgrade|Upgrade: h2c                                     !
        GET  ! Connection: Upgrade|Upgrade: HTTP/2.0                                !
        GET  ! Connection: Upgrade|Upgrade: TLS/1.0, HTTP/1.1                       !
        """)
    void offersAllButHttp(String method, String lines, @Nullable String protocols) {
        assertThat(offered(TestRequest.h1(method, "/", lines.split("\\|")), false, Upgrades.ANY))
                .isEqualTo(protocols);
    }

    @ParameterizedTest
    @CsvSource({"websocket, websocket", "SPDY/3.1, SPDY/3.1", "spdy/3, SPDY/3", "derp/2, ", "DERP/1, derp/1", "tcp, "})
    void routeNarrowsIt(String asked, @Nullable String protocols) {
        var request = TestRequest.get("/", "Connection: Upgrade", "Upgrade: " + asked);

        assertThat(offered(request, false, new Upgrades(Set.of("websocket", "spdy", "derp/1"))))
                .isEqualToIgnoringCase(protocols);
        assertThat(offered(request, false, new Upgrades(Set.of()))).isNull();
    }

    @Test
    void onlyRequestsOfHttp11WithoutABodyMayAsk() {
        var get = TestRequest.get("/", "Connection: Upgrade", "Upgrade: websocket");

        assertThat(offered(get.as(Protocol.HTTP_1_0), false, Upgrades.ANY)).isNull();
        assertThat(offered(get.as(Protocol.HTTP_2), false, Upgrades.ANY)).isNull();
        assertThat(offered(get, true, Upgrades.ANY)).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '!', textBlock = """
        websocket ! Connection: Upgrade|Upgrade: WebSocket ! websocket
        websocket ! Upgrade: websocket                     ! websocket
        tcp       ! Connection: Upgrade                    ! tcp
        a, b      ! Upgrade: b                             ! b
        a, b      ! Connection: Upgrade                    !
        websocket ! Upgrade: h2c                           !
        websocket ! Upgrade: websocket, h2c                !
        websocket ! Upgrade: websocket|Upgrade: h2c        !
        websocket ! Upgrade:                               !
        SPDY/3.1  ! Upgrade: SPDY/3                        !
        """)
    void agreesToWhatWasOffered(String offered, String lines, @Nullable String protocol) {
        var agreed = Upgrade.agreed(fields(lines.split("\\|")), new HttpField("Upgrade", offered));

        assertThat(agreed == null ? null : agreed.getValue()).isEqualTo(protocol);
    }
}
