package dev.gatehouse.app;

import java.lang.reflect.Proxy;

/// SIGHUP, which by default ends a Java process.
///
/// The Java runtime's only way to handle a signal is `sun.misc.Signal`, whose mention the compiler warns of whatever
/// one suppresses: so it is called by name.
final class Hangup {
    private Hangup() {}

    /// From now on it runs this instead, on a thread of the Java runtime.
    static void means(Runnable action) {
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            var ours =
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (self, method, with) -> {
                        switch (method.getName()) {
                            case "handle" -> action.run();
                            case "hashCode" -> {
                                return System.identityHashCode(self);
                            }
                            default -> {}
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ours);
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException("this Java runtime has no signals", missing);
        }
    }
}
