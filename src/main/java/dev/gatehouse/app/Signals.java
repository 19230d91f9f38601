package dev.gatehouse.app;

import java.lang.reflect.Proxy;

/// What the process does on a signal.
///
/// The Java runtime's only way to handle a signal is `sun.misc.Signal`, whose mention the compiler warns of whatever
/// one suppresses: so it is called by name. SIGQUIT stays with the runtime, which prints all threads; SIGPIPE is
/// ignored by it.
final class Signals {
    private Signals() {}

    /// From now on the process runs this instead of what the signal does by default, on a thread of the Java runtime.
    ///
    /// @param name without SIG: `HUP`
    static void on(String name, Runnable action) {
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
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException("this Java runtime does not let us have SIG" + name, missing);
        }
    }
}
