package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Handler;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last net below the handler: whatever it throws ends one request, with a line in the log, and with 500 where
/// there is no response yet.
final class HandlerNet {
    private static final Logger LOG = LoggerFactory.getLogger(HandlerNet.class);

    private HandlerNet() {}

    /// Gives an exchange to the handler.
    ///
    /// @param refused why it cannot pass; null where it can
    /// @param detail for the log only
    static void handOver(BaseExchange exchange, Handler handler, @Nullable Failure refused, String detail) {
        try {
            if (refused == null) {
                exchange.begin(handler);
            } else {
                handler.refuse(exchange, refused, detail);
            }
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError bug) {
            failed(exchange, bug);
        }
    }

    /// Lets the handler go on with an exchange.
    static void run(BaseExchange exchange, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError bug) {
            failed(exchange, bug);
        }
    }

    private static void failed(BaseExchange exchange, Throwable bug) {
        var client = exchange.connection().remote().getAddress().getHostAddress();
        LOG.error("request failed client={}", client, bug);
        if (exchange.ended()) {
            return;
        }
        if (exchange.committed()) {
            exchange.abort(Failure.BUG);
            return;
        }
        try {
            exchange.lastOfConnection();
            var fields = HttpFields.build().put(HttpHeader.CONTENT_LENGTH, 0);
            exchange.respond(Failure.BUG.status(), fields, BufferUtil.EMPTY_BUFFER, true, Callback.NOOP);
        } catch (RuntimeException again) {
            exchange.abort(Failure.BUG);
        }
    }
}
