package dev.gatehouse.app;

import dev.gatehouse.loop.HungLoop;
import java.util.ArrayList;

/// The proxy in a process that breaks on demand: at SIGWINCH a loop hangs, at SIGURG the heap is full.
public final class Saboteur {
    private Saboteur() {}

    public static void main(String[] arguments) {
        Signals.on("WINCH", HungLoop::make);
        Signals.on("URG", Saboteur::fillHeap);
        Main.main(arguments);
    }

    private static void fillHeap() {
        var all = new ArrayList<byte[]>();
        while (all.size() < Integer.MAX_VALUE) {
            all.add(new byte[1 << 20]);
        }
    }
}
