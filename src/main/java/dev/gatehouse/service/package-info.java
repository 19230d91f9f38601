/// What a service manager is told (systemd's `sd_notify`), and how often it wants to hear that we live.
@NullMarked
package dev.gatehouse.service;

import org.jspecify.annotations.NullMarked;
