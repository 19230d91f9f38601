package dev.gatehouse.tls;

import dev.gatehouse.config.TlsPolicy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.jsse.BCSNIMatcher;
import org.bouncycastle.jsse.BCSNIServerName;
import org.bouncycastle.jsse.BCSSLParameters;
import org.jspecify.annotations.Nullable;

/// What the engines of sites that are alike have in common.
///
/// @param parameters copied by each engine
/// @param groups in our order
/// @param oddNames the same for clients with a name that BouncyCastle takes for none ([ClientHello#hasOddName])
/// @param tls12 whether TLS 1.2 is spoken
/// @param common12 what a client must have one each of in TLS 1.2
/// @param common13 the same in TLS 1.3
record EngineSetup(
        BCSSLParameters parameters,
        BCSSLParameters oddNames,
        List<Group> groups,
        boolean tls12,
        Common common12,
        Common common13) {
    private static final Map<Alike, EngineSetup> KNOWN = new ConcurrentHashMap<>();

    /// @param suites of ciphers, by number
    /// @param schemes of signatures that our key makes, by number
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Common(int[] suites, int[] schemes) {}

    /// What makes sites alike.
    private record Alike(KeyKind kind, Asks asks, TlsPolicy policy) {
        private List<Group> groups() {
            if (policy.groups().isEmpty()) {
                // Engines take an ECDSA certificate, ours or a client's, only with the group of its curve enabled.
                return asks == Asks.NO ? kind.groups() : List.of(Group.values());
            }
            return policy.groups().stream().map(Group::of).toList();
        }

        private List<String> suites() {
            var usable = kind.suites();
            return policy.suites().isEmpty()
                    ? usable
                    : policy.suites().stream().filter(usable::contains).toList();
        }

        private String[] versions() {
            return policy.tls12() ? new String[] {"TLSv1.3", "TLSv1.2"} : new String[] {"TLSv1.3"};
        }
    }

    /// Whether clients are asked for a certificate.
    private enum Asks {
        NO,
        OPTIONAL,
        REQUIRED
    }

    /// @param clients null where clients are not asked for a certificate
    static EngineSetup of(KeyKind kind, TlsPolicy policy, @Nullable ClientTrust clients) {
        var asks = clients == null ? Asks.NO : clients.required() ? Asks.REQUIRED : Asks.OPTIONAL;
        return KNOWN.computeIfAbsent(new Alike(kind, asks, policy), EngineSetup::make);
    }

    private static EngineSetup make(Alike sites) {
        var suites = sites.suites();
        return new EngineSetup(
                parameters(sites, true),
                parameters(sites, false),
                sites.groups(),
                sites.policy.tls12(),
                new Common(Numbers.suites(suites, false), Numbers.schemes(sites.kind.schemes)),
                new Common(Numbers.suites(suites, true), Numbers.schemes(sites.kind.schemes13())));
    }

    /// @param names whether the engine reads the client's name, so that it can resume sessions under it
    private static BCSSLParameters parameters(Alike sites, boolean names) {
        var parameters = new BCSSLParameters(sites.suites().toArray(String[]::new), sites.versions());
        parameters.setNamedGroups(
                sites.groups().stream().map(group -> group.ianaName).toArray(String[]::new));
        parameters.setSignatureSchemes(schemes(sites).toArray(String[]::new));
        parameters.setUseNamedGroupsOrder(true);
        parameters.setUseCipherSuitesOrder(true);
        if (names) {
            parameters.setSNIMatchers(List.of(new AnyName()));
        }
        switch (sites.asks) {
            case NO -> {}
            case OPTIONAL -> parameters.setWantClientAuth(true);
            case REQUIRED -> parameters.setNeedClientAuth(true);
        }
        return parameters;
    }

    /// The schemes that our key makes and, where clients sign too, those of every kind of key.
    private static List<String> schemes(Alike sites) {
        var schemes = new LinkedHashSet<>(sites.kind.schemes);
        if (sites.asks != Asks.NO) {
            for (var kind : KeyKind.values()) {
                schemes.addAll(kind.schemes);
            }
        }
        return new ArrayList<>(schemes);
    }

    /// TLS 1.3: the first of ours that the client has, be it with a second ClientHello (RFC 8446 §4.1.4).
    @Nullable
    Group group13(ClientHello hello) {
        for (int i = 0; i < groups.size(); i++) {
            if (hello.offersGroup(groups.get(i).number)) {
                return groups.get(i);
            }
        }
        return null;
    }

    /// Why no handshake can come of it; null when one may.
    Site.@Nullable Refusal refusal(ClientHello hello) {
        boolean tls13 = hello.offersVersion(ClientHello.TLS_1_3);
        if (!tls13 && !(tls12 && hello.offersVersion(ClientHello.TLS_1_2))) {
            return new Site.Refusal(Alerts.PROTOCOL_VERSION, "tls.version", "no common version of TLS");
        }
        if (hello.namesGroups() && (tls13 ? group13(hello) : group12(hello)) == null) {
            return new Site.Refusal(Alerts.HANDSHAKE_FAILURE, "tls.group", "no common key exchange group");
        }
        var common = tls13 ? common13 : common12;
        if (!hello.offersSuite(common.suites)) {
            return new Site.Refusal(Alerts.HANDSHAKE_FAILURE, "tls.suite", "no common cipher suite");
        }
        if (hello.namesSignatureSchemes() && !hello.offersSignatureScheme(common.schemes)) {
            return new Site.Refusal(
                    Alerts.HANDSHAKE_FAILURE, "tls.signature", "no signature scheme in common that our key makes");
        }
        return null;
    }

    /// TLS 1.2: the first of the client's that we have; ours when it names none (RFC 8422 §4).
    @Nullable
    Group group12(ClientHello hello) {
        Group best = hello.namesGroups() ? null : withoutNames();
        int bestPlace = Integer.MAX_VALUE;
        for (int i = 0; i < groups.size(); i++) {
            int place = hello.placeOfGroup(groups.get(i).number);
            if (!groups.get(i).hybrid && place >= 0 && place < bestPlace) {
                best = groups.get(i);
                bestPlace = place;
            }
        }
        return best;
    }

    private @Nullable Group withoutNames() {
        if (groups.contains(Group.X25519)) {
            return Group.X25519;
        }
        return groups.stream().filter(group -> !group.hybrid).findFirst().orElse(null);
    }

    /// Takes every name: which names exist was decided before the engine. With a matcher in place the engine
    /// resumes a session only under the name it was made for.
    private static final class AnyName extends BCSNIMatcher {
        private AnyName() {
            super(0);
        }

        @Override
        public boolean matches(BCSNIServerName name) {
            return true;
        }
    }
}
