/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The part without I/O: for a program that drives a #ViciSession over bytes
 * of its own and links GObject alone. */

#ifndef VICI_INSIDE
#define VICI_INSIDE
#define VICI_INSIDE_CORE
#endif

#include "vici-version.h"

#include "vici-core-enum-types.h"
#include "vici-error.h"
#include "vici-builder.h"
#include "vici-command-info.h"
#include "vici-event-info.h"
#include "vici-filter.h"
#include "vici-key-info.h"
#include "vici-message.h"
#include "vici-message-iter.h"
#include "vici-name-escape.h"
#include "vici-server-session.h"
#include "vici-session.h"
#include "vici-value.h"

#ifdef VICI_INSIDE_CORE
#undef VICI_INSIDE
#undef VICI_INSIDE_CORE
#endif
