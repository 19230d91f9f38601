package dev.gatehouse.app;

import static dev.gatehouse.support.Heads.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.config.ConfigReader;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.handover.Descriptors;
import dev.gatehouse.handover.PassingSocket;
import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.MixedLoad;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import dev.gatehouse.tls.CredentialFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Addresses of both families beside each other, and others on the same ports while clients come.
@Timeout(240)
@EnabledOnOs(OS.LINUX)
@SuppressWarnings("NullAway.Init") // set by each test
class ListenIT {
    private static final String V4 = "listen_address_v4 = \"127.0.0.1\"";

    private static TestOrigin origin;

    @TempDir
    Path directory;

    private ProxyProcess proxy;

    @BeforeAll
    static void startOrigin() {
        origin = TestOrigin.start();
    }

    @AfterAll
    static void stopOrigin() throws IOException {
        origin.close();
    }

    @AfterEach
    void stop() {
        if (proxy != null) {
            proxy.close();
        }
    }

    private void start(String... lines) {
        var setup = ProxyUnderTest.with(AppUnderTest.inFrontOf(origin));
        for (var line : lines) {
            setup.top(line);
        }
        proxy = ProxyProcess.start(setup);
        proxy.awaitOutput("started version=", 1);
    }

    private void write(String addresses) throws IOException {
        var before = Files.readString(proxy.config());
        Files.writeString(
                proxy.config(),
                before.replaceAll("(?m)^listen_(address_v|ipv).*\\R", "")
                        .replaceFirst("(?m)^listen_port ", addresses + "\nlisten_port "));
    }

    private void reload(String addresses, int generation) throws IOException {
        write(addresses);
        proxy.signal("HUP");
        proxy.awaitOutput("reason=config.reloaded generation=" + generation, 1);
    }

    private int status(String host) {
        return status(new InetSocketAddress(host, proxy.plain().getPort()));
    }

    private static int status(InetSocketAddress address) {
        try (var client = RawHttp1Client.plain(address)) {
            return client.exchange(get("/headers")).status();
        }
    }

    private boolean refuses(String host) {
        try (var socket = new Socket(host, proxy.plain().getPort())) {
            return !socket.isConnected();
        } catch (IOException refused) {
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"listen_address_v6 = \"::\"", "listen_address_v6 = \"::1\"", "listen_ipv6 = true"})
    @Tag("NW-02")
    void addressesOfBothFamiliesStandBesideEachOther(String six) {
        start(six);

        assertThat(status("::1")).isEqualTo(200);
        assertThat(status("127.0.0.1")).isEqualTo(200);
        assertThat(refuses("127.0.0.2")).as("only what is written").isTrue();
        assertThat(proxy.output())
                .containsPattern("address=\\[::1?]:" + proxy.plain().getPort());
    }

    @Test
    @Tag("NW-02")
    void withoutIpv4ThereIsIpv6Only() throws IOException {
        start();
        reload("listen_address_v4 = \"off\"\nlisten_ipv6 = true", 2);

        assertThat(status("::1")).isEqualTo(200);
        await("IPv4 is refused").until(() -> refuses("127.0.0.1"));
    }

    @Test
    @Tag("CF-06")
    void reloadsChangeTheAddressOnTheSamePortAndNobodyNotices() throws IOException {
        start();
        try (var load = MixedLoad.on(proxy::plain, proxy::tls, 20)) {
            load.awaitEverybody();
            reload("listen_address_v4 = \"0.0.0.0\"", 2);
            load.awaitEverybody();
            assertThat(status("127.0.0.2")).isEqualTo(200);
            reload(V4, 3);
            load.awaitEverybody();
            assertThat(load.finish()).as(proxy.output()).isEmpty();
        }
        await("others are refused").until(() -> refuses("127.0.0.2"));
        assertThat(proxy.output()).doesNotContain("config.rejected").doesNotContain(" ERROR ");
    }

    @Test
    @Tag("CF-06")
    void reloadsChangeAnIpv6AddressOnTheSamePort() throws IOException {
        start("listen_address_v6 = \"::1\"");
        reload(V4 + "\nlisten_address_v6 = \"::\"", 2);
        assertThat(status("::1")).isEqualTo(200);
        reload(V4 + "\nlisten_address_v6 = \"::1\"", 3);
        assertThat(status("::1")).isEqualTo(200);
        assertThat(status("127.0.0.1")).isEqualTo(200);
    }

    /// What an upgrade does whose configuration has another address, with both processes in one.
    @Test
    void socketsThatAreTakenOverGiveWayToOthersOnTheSamePortAndNobodyNotices() throws Exception {
        var plain = ProxyProcess.freeAddress();
        var tls = ProxyProcess.freeAddress();
        var file = ProxyUnderTest.with(AppUnderTest.inFrontOf(origin))
                .write("listen_port = " + plain.getPort() + "\nlisten_port_tls = " + tls.getPort());
        try (var old = Gatehouse.start(config(file));
                var load = MixedLoad.on(() -> plain, () -> tls, 20)) {
            load.awaitEverybody();
            Files.writeString(file, Files.readString(file).replace(V4, "listen_address_v4 = \"0.0.0.0\""));
            var passed = copies(List.of(plain, tls));
            try (var next = Gatehouse.start(config(file), new CredentialFiles(), passed)) {
                load.awaitEverybody();
                next.tookOver();
                old.drain();
                load.awaitEverybody();
                assertThat(next.plainAddresses()).containsExactly(new InetSocketAddress("0.0.0.0", plain.getPort()));
                assertThat(status(new InetSocketAddress("127.0.0.2", plain.getPort())))
                        .isEqualTo(200);
                assertThat(load.finish()).isEmpty();
            }
        }
    }

    private static GatehouseConfig config(Path file) {
        return Objects.requireNonNull(ConfigReader.read(file).config());
    }

    /// The descriptors of listening sockets as another process gets them.
    private Map<InetSocketAddress, Integer> copies(List<InetSocketAddress> wanted) throws IOException {
        var found = new ArrayList<Integer>();
        for (int descriptor : Descriptors.listening()) {
            if (wanted.contains(Descriptors.address(descriptor))) {
                found.add(descriptor);
            }
        }
        var copies = new HashMap<InetSocketAddress, Integer>();
        var path = directory.resolve("socket");
        try (var listener = PassingSocket.listen(path);
                var one = PassingSocket.connect(path);
                var other = Objects.requireNonNull(listener.accept())) {
            one.send(found);
            for (int copy : other.receive()) {
                copies.put(Objects.requireNonNull(Descriptors.address(copy)), copy);
            }
        }
        return copies;
    }
}
