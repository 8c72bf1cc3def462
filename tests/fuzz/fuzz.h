/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a fuzz target is: takes any bytes, and aborts when something is wrong.
 * The name and type are libFuzzer's. Linked with libFuzzer, it is a fuzzer;
 * linked with replay.c, an ordinary test. */
int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

/* Called once before the first input. */
int LLVMFuzzerInitialize   (int          *argc,
                            char       ***argv);

G_END_DECLS
