package dev.gatehouse.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class FactsTest {
    @Test
    void quotesCannotBeLeft() {
        assertThat(Facts.quoted("a\" b=\\")).isEqualTo("\"a\\\" b=\\\\\"");
    }

    @Test
    void causesSayTheirKindWhereTheMessageIsNotEnough() {
        assertThat(Facts.cause(new ConnectException("Connection refused"))).isEqualTo("\"Connection refused\"");
        assertThat(Facts.cause(new UnknownHostException("db.internal")))
                .isEqualTo("\"UnknownHostException: db.internal\"");
        assertThat(Facts.cause(new IllegalStateException())).isEqualTo("\"IllegalStateException\"");
        assertThat(Facts.cause(new IOException("cannot read", new IOException("is a directory"))))
                .isEqualTo("\"cannot read: is a directory\"");
    }
}
