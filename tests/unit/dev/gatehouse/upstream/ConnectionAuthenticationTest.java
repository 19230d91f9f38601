package dev.gatehouse.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionAuthenticationTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        NTLM                          | true
        ntlm TlRMTVNTUA==             | true
        Negotiate                     | true
        NEGOTIATE YII=                | true
        Basic realm="x", NTLM         | true
        Basic realm="x",negotiate abc | true
        Digest a="NTLM"               | false
        Basic YTpi                    | false
        Bearer ntlm.token             | false
        Negotiated                    | false
        NTLMv2                        | false
        """)
    void knowsSchemesThatAuthenticateConnections(String value, boolean named) {
        assertThat(ConnectionAuthentication.isNamed(value)).isEqualTo(named);
    }

    @Test
    void looksAtEachFieldWithCredentials() {
        var fields = HttpFields.build().add(HttpHeader.USER_AGENT, "NTLM").add(HttpHeader.AUTHORIZATION, "Basic YTpi");
        assertThat(ConnectionAuthentication.isIn(fields)).isFalse();
        assertThat(ConnectionAuthentication.isIn(fields.add(HttpHeader.AUTHORIZATION, "NTLM abc")))
                .isTrue();
    }
}
