package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.Failure;
import org.eclipse.jetty.http.HttpException;

/// What is wrong with a request, in the words of Jetty's parser and in ours.
final class Refusal extends HttpException.RuntimeException {
    private static final long serialVersionUID = 1;

    private final Failure failure;

    Refusal(Failure failure, String detail) {
        super(failure.status(), detail);
        this.failure = failure;
    }

    Failure failure() {
        return failure;
    }
}
