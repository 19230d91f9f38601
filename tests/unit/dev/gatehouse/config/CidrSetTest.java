package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrSetTest {
    @ParameterizedTest(name = "{0} contains {1}")
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0",
        "10.0.0.0/8, 10.255.255.255",
        "10.1.2.3/8, 10.9.9.9",
        "192.0.2.7, 192.0.2.7",
        "192.0.2.7/32, 192.0.2.7",
        "0.0.0.0/0, 255.255.255.255",
        "128.0.0.0/1, 200.0.0.1",
        "2001:db8::/32, 2001:db8:ffff::1",
        "2001:db8::1/32, 2001:db8::",
        "2001:db8::1, 2001:DB8:0::1",
        "2001:db8:0:0:8000::/65, 2001:db8::ffff:0:0:1",
        "::/0, ffff::1",
        "8000::/1, ffff::1",
        "::ffff:10.0.0.0/104, 10.1.1.1",
        "10.0.0.0/8, ::ffff:10.1.1.1",
    })
    void holdsItsNetworks(String network, String address) {
        assertThat(CidrSet.parseNetworks(List.of(network)).contains(ip(address)))
                .isTrue();
    }

    @ParameterizedTest(name = "{0} does not contain {1}")
    @CsvSource({
        "10.0.0.0/8, 9.255.255.255",
        "10.0.0.0/8, 11.0.0.0",
        "192.0.2.7, 192.0.2.6",
        "192.0.2.7, 192.0.2.8",
        "128.0.0.0/1, 127.255.255.255",
        "2001:db8::/32, 2001:db9::",
        "2001:db8:0:0:8000::/65, 2001:db8::7fff:ffff:ffff:ffff",
        "::/0, 10.0.0.1",
        "0.0.0.0/0, ::1",
        "0.0.0.0/0, ::10.0.0.1",
    })
    void holdsNothingElse(String network, String address) {
        assertThat(CidrSet.parseNetworks(List.of(network)).contains(ip(address)))
                .isFalse();
    }

    @ParameterizedTest(name = "<{0}>")
    @ValueSource(
            strings = {
                "", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/a", "10.0.0.0/0008", "10.0.0/8", "10.0.0.01/8",
                "256.0.0.1", "::/129", "::1%eth0", "[::1]", "fe80::/64/64", "2001:db8", "localhost", "cloudfare",
                "::ffff:10.0.0.0/95"
            })
    void namesTheBadEntry(String entry) {
        assertThatThrownBy(() -> CidrSet.parse(List.of("10.0.0.0/8", entry)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + entry + "'");
    }

    @Test
    void knowsProvidersInAnyCase() {
        assertThat(CidrSet.parse(List.of(" CloudFlare ")).networks()).hasSize(22);
        assertThat(CidrSet.parse(List.of("cloudfront")).networks()).hasSize(116);
        assertThat(CidrSet.parse(List.of("Fastly", "fastly")).networks()).hasSize(21);
        assertThat(CidrSet.parse(List.of("cloudflare")).contains(ip("2606:4700::6810:1")))
                .isTrue();
    }

    @Test
    void networksHaveNoProviders() {
        assertThatThrownBy(() -> CidrSet.parseNetworks(List.of("cloudflare"))).hasMessageContaining("'cloudflare'");
    }

    @Test
    void listsNetworksWithoutHostBitsAndDuplicates() {
        assertThat(CidrSet.parse(List.of("10.1.2.3/8", "10.0.0.0/8", "2001:DB8::1/32", "::1", " 192.0.2.1 "))
                        .networks())
                .containsExactly("10.0.0.0/8", "2001:db8::/32", "::1/128", "192.0.2.1/32");
    }

    @Test
    void equalsWhateverHoldsTheSameAddresses() {
        var whole = CidrSet.parse(List.of("10.0.0.0/8"));

        assertThat(CidrSet.parse(List.of("10.128.0.0/9", "10.3.0.0/16", "10.0.0.0/9")))
                .isEqualTo(whole)
                .hasSameHashCodeAs(whole)
                .isNotEqualTo(CidrSet.EMPTY);
        assertThat(CidrSet.parse(List.of())).isEqualTo(CidrSet.EMPTY);
        assertThat(CidrSet.EMPTY.contains(ip("::1"))).isFalse();
    }

    @Test
    void agreesWithArithmeticOnRandomNetworks() throws Exception {
        long seed = 7;
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            var networks = new ArrayList<String>();
            for (int i = random.nextInt(12); i >= 0; i--) {
                int length = random.nextBoolean() ? 4 : 16;
                networks.add(IpLiteral.text(InetAddress.getByAddress(nearby(random, length)))
                        + "/"
                        + random.nextInt(8 * length + 1));
            }
            var set = CidrSet.parseNetworks(networks);
            for (int i = 0; i < 50; i++) {
                byte[] bytes = nearby(random, random.nextBoolean() ? 4 : 16);
                assertThat(set.contains(InetAddress.getByAddress(bytes)))
                        .as("seed %d: %s in %s", seed, Arrays.toString(bytes), networks)
                        .isEqualTo(networks.stream().anyMatch(network -> holds(network, bytes)));
            }
        }
    }

    /// Addresses with few distinct bytes, so that networks meet.
    private static byte[] nearby(Random random, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (random.nextInt(3) - 1);
        }
        bytes[0] = (byte) (bytes[0] | 1); // neither IPv4-mapped nor compatible
        return bytes;
    }

    private static boolean holds(String network, byte[] address) {
        int slash = network.indexOf('/');
        byte[] base = ip(network.substring(0, slash)).getAddress();
        int drop = 8 * base.length - Integer.parseInt(network.substring(slash + 1));
        return base.length == address.length
                && new BigInteger(1, base).shiftRight(drop).equals(new BigInteger(1, address).shiftRight(drop));
    }

    @Test
    void takesAMappedAddressThatStayedIpv6AsIpv4() throws Exception {
        byte[] mapped = new byte[16];
        mapped[10] = -1;
        mapped[11] = -1;
        mapped[12] = 10;
        var address = Inet6Address.getByAddress(null, mapped, 3);

        assertThat(address).isInstanceOf(Inet6Address.class);
        assertThat(CidrSet.parse(List.of("10.0.0.0/8")).contains(address)).isTrue();
    }

    static InetAddress ip(String text) {
        return Objects.requireNonNull(IpLiteral.parse(text), text);
    }
}
