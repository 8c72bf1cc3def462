/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#define VICI_INSIDE

#include "vici-core.h"

#include "vici-advert.h"
#include "vici-browser.h"
#include "vici-child-sa-item.h"
#include "vici-client-enum-types.h"
#include "vici-configs.h"
#include "vici-conn-compare.h"
#include "vici-conn-item.h"
#include "vici-connection.h"
#include "vici-control-log.h"
#include "vici-credential-scope.h"
#include "vici-credential.h"
#include "vici-credentials.h"
#include "vici-daemon-commands.h"
#include "vici-daemon-enum-types.h"
#include "vici-daemon-enums.h"
#include "vici-daemon.h"
#include "vici-failure.h"
#include "vici-ike-sa-item.h"
#include "vici-invocation.h"
#include "vici-item.h"
#include "vici-log-item.h"
#include "vici-log-model.h"
#include "vici-model-enum-types.h"
#include "vici-monitor.h"
#include "vici-options.h"
#include "vici-peer.h"
#include "vici-record.h"
#include "vici-records.h"
#include "vici-server.h"
#include "vici-service.h"
#include "vici-settings.h"
#include "vici-stream.h"
#include "vici-transport.h"
#include "vici-unix-transport.h"

#undef VICI_INSIDE
