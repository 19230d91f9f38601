package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrivilegedPortsTest {
    @Test
    void theRightIsReadFromTheEffectiveCapabilities() {
        assertThat(PrivilegedPorts.mayBindAll("Name:\tjava\nCapPrm:\t0\nCapEff:\t0000000000000400\n"))
                .isTrue();
        assertThat(PrivilegedPorts.mayBindAll("CapEff:\t000001ffffffffff\n")).isTrue();
        assertThat(PrivilegedPorts.mayBindAll("CapPrm:\t000001ffffffffff\nCapEff:\t0000000000000000\n"))
                .isFalse();
        assertThat(PrivilegedPorts.mayBindAll("CapEff:\tfffffffffffffbff\n")).isFalse();
    }

    @Test
    void highPortsNeedNoRight() {
        assertThat(PrivilegedPorts.allowed(65_535)).isTrue();
    }
}
