/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#define VICI_INSIDE

#include "vici-core.h"

#include "vici-advert.h"
#include "vici-browser.h"
#include "vici-client-enum-types.h"
#include "vici-connection.h"
#include "vici-credential.h"
#include "vici-credentials.h"
#include "vici-invocation.h"
#include "vici-peer.h"
#include "vici-server.h"
#include "vici-service.h"
#include "vici-stream.h"
#include "vici-transport.h"
#include "vici-unix-transport.h"

#undef VICI_INSIDE
