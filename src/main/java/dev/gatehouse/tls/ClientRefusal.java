package dev.gatehouse.tls;

/// Why a client's certificate was not taken.
final class ClientRefusal extends Exception {
    /// The kinds, as logs and clients are told.
    enum Kind {
        NO_CERTIFICATE("mtls.no_cert", Alerts.CERTIFICATE_REQUIRED),
        EXPIRED("mtls.expired", Alerts.CERTIFICATE_EXPIRED),
        UNKNOWN_CA("mtls.unknown_ca", Alerts.UNKNOWN_CA),
        BAD_PURPOSE("mtls.bad_purpose", Alerts.UNSUPPORTED_CERTIFICATE),
        REVOKED("mtls.revoked", Alerts.CERTIFICATE_REVOKED),
        /// There is no list that says whether it is revoked.
        UNKNOWN_STATUS("mtls.crl", Alerts.CERTIFICATE_UNKNOWN),
        /// A key or a signature that is broken by today's means.
        WEAK("mtls.weak", Alerts.BAD_CERTIFICATE),
        NOT_ALLOWED("mtls.not_allowed", Alerts.ACCESS_DENIED),
        /// A signature, a constraint, the length: the chain does not hold together.
        CHAIN("mtls.chain", Alerts.BAD_CERTIFICATE);

        final String token;
        final int alert;

        Kind(String token, int alert) {
            this.token = token;
            this.alert = alert;
        }
    }

    private final Kind kind;

    /// @param reason one line for the log; may hold names from certificates
    ClientRefusal(Kind kind, String reason) {
        super(reason, null, false, false);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}
