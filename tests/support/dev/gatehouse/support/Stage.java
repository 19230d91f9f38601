package dev.gatehouse.support;

import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// One origin and one proxy before it, for all tests of a class.
public final class Stage implements BeforeAllCallback, AfterAllCallback {
    private final Function<TestOrigin, ProxyUnderTest.Setup> setup;
    private @Nullable TestOrigin origin;
    private @Nullable ProxyUnderTest proxy;

    private Stage(Function<TestOrigin, ProxyUnderTest.Setup> setup) {
        this.setup = setup;
    }

    /// The app `app.example` with the defaults of every key.
    public static Stage plain() {
        return of(origin -> ProxyUnderTest.with(AppUnderTest.inFrontOf(origin)));
    }

    /// A proxy of one's own.
    public static Stage of(Function<TestOrigin, ProxyUnderTest.Setup> setup) {
        return new Stage(setup);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        var started = TestOrigin.start();
        origin = started;
        proxy = setup.apply(started).start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (proxy != null) {
            proxy.close();
        }
        if (origin != null) {
            origin.close();
        }
    }

    /// The origin.
    public TestOrigin origin() {
        return Objects.requireNonNull(origin);
    }

    /// The proxy.
    public ProxyUnderTest proxy() {
        return Objects.requireNonNull(proxy);
    }

    /// Checks of refused requests.
    public RejectedRequests rejected() {
        return new RejectedRequests(proxy(), origin());
    }
}
