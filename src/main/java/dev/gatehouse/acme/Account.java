package dev.gatehouse.acme;

import dev.gatehouse.acme.OrderFailure.Kind;
import dev.gatehouse.config.AcmeConfig;
import dev.gatehouse.config.AcmeKeyType;
import dev.gatehouse.observe.Facts;
import java.net.MalformedURLException;
import java.net.URI;
import java.security.KeyPair;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Our account with the CA; made when there is none. Any thread.
final class Account {
    private static final Logger LOG = LoggerFactory.getLogger(Account.class);

    private final AcmeConfig config;
    private final Registry registry;
    /// Orders that begin together must not make two accounts.
    private final ReentrantLock one = new ReentrantLock();

    Account(AcmeConfig config, Registry registry) {
        this.config = config;
        this.registry = registry;
    }

    /// Logs in. Blocks.
    Login login(Session session) throws AcmeException, OrderFailure {
        one.lock();
        try {
            var key = registry.accountKey();
            if (key == null) {
                key = Keys.make(AcmeKeyType.P256);
                // Before the CA knows it: an account whose key is lost is of no use.
                registry.saveAccountKey(key);
                return register(session, key);
            }
            var known = known(session, key);
            return known != null ? known : register(session, key);
        } finally {
            one.unlock();
        }
    }

    /// Asks the CA again next time, as when it says that it does not know the account.
    void forget() throws OrderFailure {
        registry.saveAccount("");
    }

    private @Nullable Login known(Session session, KeyPair key) throws AcmeException, OrderFailure {
        var text = registry.account();
        var lines = text == null ? new String[0] : text.split("\n", -1);
        if (lines.length < 2) {
            return null;
        }
        try {
            var login = session.login(URI.create(lines[0]).toURL(), key);
            if (!lines[1].equals(config.email())) {
                var change = login.getAccount().modify();
                change.getContacts().clear();
                change.addContact("mailto:" + config.email()).commit();
                remember(login);
            }
            return login;
        } catch (MalformedURLException | IllegalArgumentException _) {
            return null;
        }
    }

    /// The CA answers with the account that the key has already, if it has one.
    private Login register(Session session, KeyPair key) throws AcmeException, OrderFailure {
        var external = config.externalAccount();
        if (external == null && session.getMetadata().isExternalAccountRequired()) {
            throw new OrderFailure(
                    Kind.ACCOUNT,
                    "the CA wants an account of its own to be named",
                    "set eab_key_id and eab_hmac_key in [acme]; the CA gives both");
        }
        var builder = new AccountBuilder()
                .addEmail(config.email())
                .agreeToTermsOfService()
                .useKeyPair(key);
        if (external != null) {
            builder.withKeyIdentifier(external.keyId(), external.hmacKey()).withMacAlgorithm("HS256");
        }
        try {
            var login = builder.createLogin(session);
            remember(login);
            LOG.info("account in use directory={} account={}", config.directory(), login.getAccountLocation());
            return login;
        } catch (AcmeServerException refused) {
            if (CaFailures.of(refused).kind().orderGoesOn()) {
                throw refused;
            }
            throw new OrderFailure(
                    Kind.ACCOUNT,
                    "the CA makes no account: " + refused.getMessage(),
                    external == null
                            ? "is the mail address one that the CA takes?"
                            : "are eab_key_id and eab_hmac_key right?",
                    null,
                    refused);
        } catch (IllegalArgumentException bad) {
            throw new OrderFailure(
                    Kind.ACCOUNT,
                    "the account cannot be asked for: " + Facts.quoted(bad.getMessage()),
                    null,
                    null,
                    bad);
        }
    }

    private void remember(Login login) throws OrderFailure {
        registry.saveAccount(login.getAccountLocation() + "\n" + config.email() + "\n");
    }
}
