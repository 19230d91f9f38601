package dev.gatehouse.memory;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/// What the runtime lets a process have outside of the heap for buffers.
final class DirectMemory {
    private DirectMemory() {}

    /// Bytes: `-XX:MaxDirectMemorySize`, or as much as the heap may have.
    static long limit() {
        var virtualMachine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long set = virtualMachine == null
                ? 0
                : Long.parseLong(
                        virtualMachine.getVMOption("MaxDirectMemorySize").getValue());
        return set == 0 ? Runtime.getRuntime().maxMemory() : set;
    }
}
