package dev.gatehouse.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DnsHookTest {
    @Test
    void hookDoesNotInheritWhatIsMeantForTheProxyAlone() {
        var environment = new HashMap<>(Map.of(
                "GATEHOUSE_HANDOVER",
                "/tmp/gatehouse1/socket",
                "GATEHOUSE_JAVA_OPTS",
                "-Xmx64m",
                "NOTIFY_SOCKET",
                "/run/systemd/notify",
                "WATCHDOG_USEC",
                "1000000",
                "LISTEN_FDS",
                "2",
                "PATH",
                "/usr/bin",
                "DNS_TOKEN",
                "secret of the hook"));

        DnsHook.forHook(environment);

        assertThat(environment).containsOnlyKeys("PATH", "DNS_TOKEN");
    }
}
