package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.control.Json;
import dev.gatehouse.tls.SelfSigned;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `gatehouse explain --config FILE`, without a proxy.
class ExplainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        SelfSigned.write(
                SelfSigned.forLocalhost(List.of("secure.example")),
                directory.resolve("a.crt"),
                directory.resolve("a.key"));
        file = Files.writeString(directory.resolve("config.toml"), """
            listen_port = 80
            listen_port_tls = 443
            default_app = "shop"

            [apps.shop]
            server_name = ["shop.example", "*.shop.example"]
            [[apps.shop.reverse_proxy]]
            upstream = [{ location = "127.0.0.1:3000" }]
            [[apps.shop.reverse_proxy]]
            path = "/map"
            replace_path = "/card"
            load_balance = "round_robin"
            upstream_options = ["set_upstream_host"]
            upstream = [{ location = "one.internal:3001" }, { location = "two.internal:3002" }]

            [apps.secure]
            server_name = "secure.example"
            tls = { tls_cert_path = "a.crt", tls_cert_key_path = "a.key" }
            [[apps.secure.reverse_proxy]]
            path = "/only"
            upstream = [{ location = "127.0.0.1:3000" }]
            """);
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private Map<String, Object> explain(String url, String... further) {
        var arguments = new String[further.length + 5];
        System.arraycopy(new String[] {"explain", "--json", "--config", file.toString(), url}, 0, arguments, 0, 5);
        System.arraycopy(further, 0, arguments, 5, further.length);
        assertThat(run(arguments)).as(err.toString()).isZero();
        return Json.read(out.toString());
    }

    @Test
    void longestPathWinsAndItsWholeRouteIsTold() {
        var told = explain("http://shop.example/map/x?q=1");

        assertThat(told)
                .containsEntry("decision", "forward")
                .containsEntry("app", "shop")
                .containsEntry("app_because", "'shop.example' is a server_name of it")
                .containsEntry("route", "/map")
                .containsEntry("load_balance", "round_robin")
                .containsEntry("options", List.of("set_upstream_host"))
                .containsEntry("target", "/card/x?q=1");
        assertThat(Json.maps(told.get("upstreams")))
                .extracting(upstream -> upstream.get("address"))
                .containsExactly("one.internal:3001", "two.internal:3002");
        assertThat(told.get("header"))
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .contains("Host: one.internal:3001", "X-Forwarded-Host: shop.example", "X-Forwarded-For: 192.0.2.1");
        assertThat(told).doesNotContainKeys("certificate", "note", "status");
    }

    @Test
    void bothFormsOfThePathAreTold() {
        assertThat(explain("http://shop.example//m%61p;v=1/x%20y?q=1"))
                .containsEntry("path", "/map/x%20y")
                .containsEntry("path_received", "//m%61p;v=1/x%20y?q=1")
                .containsEntry("route", "/map")
                .containsEntry("target", "/card/x%20y?q=1");
        assertThat(explain("http://shop.example/map%2Fx"))
                .containsEntry("decision", "refuse")
                .containsEntry("failure", "h1.path")
                .containsEntry(
                        "because",
                        "The path of the request has an encoded slash. (path=/map%2Fx route=/ decoded_route=/map)");
    }

    @Test
    void wildcardAndDefaultAppAreNamedAsTheReason() {
        assertThat(explain("http://a.shop.example/").get("app_because"))
                .isEqualTo("'*.shop.example' is a server_name of it, and no app has 'a.shop.example'");
        assertThat(explain("http://nobody.example/").get("app_because"))
                .isEqualTo("no app has the name 'nobody.example', and default_app is this one");
    }

    @Test
    void redirectIsTold() {
        assertThat(explain("http://secure.example/only?x"))
                .containsEntry("decision", "redirect")
                .containsEntry("status", 301L)
                .containsEntry("location", "https://secure.example/only?x")
                .containsEntry("app", "secure")
                .containsEntry("app_because", "'secure.example' is a server_name of it");
    }

    @Test
    void certificateIsTold() {
        var told = explain("https://secure.example/only");

        assertThat(told).containsEntry("decision", "forward");
        assertThat(Json.map(told.get("certificate")))
                .containsEntry("app", "secure")
                .containsEntry("file", directory.resolve("a.crt").toString())
                .containsEntry("client_certificate", false)
                .containsKeys("names", "issuer", "not_after", "days_left");
    }

    @Test
    void refusalsHaveTheirFailure() {
        assertThat(explain("https://shop.example/")).containsEntry("failure", "tls.sni");
        assertThat(explain("https://192.0.2.7/")).containsEntry("failure", "tls.sni");
        assertThat(explain("https://secure.example/other"))
                .containsEntry("decision", "refuse")
                .containsEntry("status", 404L)
                .containsEntry("failure", "route.path");
        assertThat(explain("http://shop.example/", "--method", "TRACE"))
                .containsEntry("status", 405L)
                .containsEntry("failure", "h1.method");
        assertThat(explain("http://bad host/")).containsEntry("status", 400L).containsEntry("failure", "h1.host");
    }

    @Test
    void otherPortsAreNoted() {
        assertThat(explain("http://shop.example:81/").get("note")).isEqualTo("the URL's port is 81, listen_port is 80");
    }

    @Test
    void textSaysTheSame() {
        assertThat(run("explain", "-c", file.toString(), "https://secure.example/only"))
                .isZero();
        assertThat(out.toString())
                .startsWith("GET https://secure.example/only is forwarded\n")
                .contains(
                        "  certificate  ",
                        "  app          secure\n",
                        "  upstreams    127.0.0.1:3000\n",
                        "asks for     GET /only\n");
    }

    @Test
    void whatIsNoUrlIsUsage() {
        assertThat(run("explain", "-c", file.toString(), "shop.example/map")).isEqualTo(2);
        assertThat(err.toString()).contains("'shop.example/map' is not a URL that begins with http:// or https://");
        assertThat(run("explain")).isEqualTo(2);
    }

    @Test
    void brokenFileIsReported() throws IOException {
        Files.writeString(file, "listen_prot = 80\n");

        assertThat(run("explain", "-c", file.toString(), "http://shop.example/"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("error[config.unknown_key]");
    }
}
