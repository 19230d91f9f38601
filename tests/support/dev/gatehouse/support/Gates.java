package dev.gatehouse.support;

import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Named points at which an origin waits for the test, so that no test must guess with time. Any thread.
public final class Gates {
    private final ConcurrentHashMap<String, CountDownLatch> gates = new ConcurrentHashMap<>();

    /// Lets everybody pass who waits there or will come there.
    public void open(String name) {
        gate(name).countDown();
    }

    void await(String name) throws IOException {
        try {
            if (!gate(name).await(30, TimeUnit.SECONDS)) {
                throw new IOException("nobody opened the gate " + name);
            }
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    private CountDownLatch gate(String name) {
        return gates.computeIfAbsent(name, _ -> new CountDownLatch(1));
    }
}
