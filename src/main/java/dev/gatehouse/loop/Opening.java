package dev.gatehouse.loop;

import java.io.IOException;
import org.eclipse.jetty.io.Connection;

/// What becomes of a channel once a loop has it.
public interface Opening {
    /// Makes the connection. On the loop's thread; Jetty opens it afterwards.
    Connection open(LoopEndPoint endPoint) throws IOException;

    /// The channel could not be connected or registered; it is closed already. On the loop's thread.
    void failed(Throwable cause);
}
