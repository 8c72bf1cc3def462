/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bench.h"

G_BEGIN_DECLS

/* The simulated peer: nothing but fast. It confirms registrations, and answers
 * every request with a version; list-sas comes after list-sa events, and initiate
 * after lines of a log, whoever has registered or not. */

/* One connection after the other. There are as many events in a stream as the
 * count says; as the size says; one. */
void peer_serve_long_streams  (int          listener,
                               const Bench *bench);
void peer_serve_sized_streams (int          listener,
                               const Bench *bench);
void peer_serve               (int          listener,
                               const Bench *bench);

/* As many IKE_SAs as the size says, or else the count, all different; initiate comes after
 * as many `child-updown` events as the count says, each of which has something new to
 * tell of the next IKE_SA. */
void peer_serve_sas           (int          listener,
                               const Bench *bench);

/* Many connections at once. */
void peer_serve_many          (int          listener,
                               const Bench *bench);

/* Lets many calls wait: reads all, and answers nothing. */
void peer_serve_nothing       (int          listener,
                               const Bench *bench);

G_END_DECLS
