/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-monitor-text.h"

#include <gio/gio.h>

#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-uplink.h"

/* A daemon that ends leaves its socket's file behind, as charon does. */
static gboolean
nobody_listens (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static gboolean
is_gibberish (const GError *error)
{
  return g_error_matches (error, VICI_ERROR, VICI_ERROR_MALFORMED) ||
         g_error_matches (error, VICI_ERROR, VICI_ERROR_PROTOCOL) ||
         g_error_matches (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
}

const char *
vici_monitor_text_of_state (ViciMonitorState state,
                            const GError    *error)
{
  switch (state)
    {
    case VICI_MONITOR_NO_SOCKET:
      return _("The IKE daemon is not running.");
    case VICI_MONITOR_NO_PERMISSION:
      return _("You are not allowed to use the IKE daemon.");
    case VICI_MONITOR_CONNECTING:
      return _("Connecting to the IKE daemon…");
    case VICI_MONITOR_SYNCING:
      return _("Asking the IKE daemon what there is…");
    case VICI_MONITOR_READY:
      return _("The IKE daemon is running.");
    case VICI_MONITOR_LOST:
      if (nobody_listens (error))
        return _("The IKE daemon is not running.");
      if (vici_uplink_is_final (error))
        return _("The address of the IKE daemon is of no use.");
      if (g_error_matches (error, VICI_ERROR, VICI_ERROR_CLOSED))
        return _("The connection to the IKE daemon is lost.");
      if (is_gibberish (error))
        return _("What answers does not speak as an IKE daemon does.");
      return _("The IKE daemon does not answer.");
    case VICI_MONITOR_STOPPED:
    default:
      return _("The IKE daemon is not being watched.");
    }
}

const char *
vici_monitor_text_of_hint (ViciMonitorState state,
                           const GError    *error)
{
  switch (state)
    {
    case VICI_MONITOR_NO_SOCKET:
      return _("Start the strongSwan service. This goes on by itself when it runs.");
    case VICI_MONITOR_NO_PERMISSION:
      return _("Ask an administrator for access to the daemon’s socket.");
    case VICI_MONITOR_LOST:
      if (nobody_listens (error))
        return _("Start the strongSwan service. This goes on by itself when it runs.");
      if (vici_uplink_is_final (error))
        return _("Correct the address.");
      if (is_gibberish (error))
        return _("Look whether the address is that of the daemon. It is tried again by itself.");
      return _("It is tried again by itself. If this stays so, look at the daemon’s log, or "
               "start it anew.");
    case VICI_MONITOR_STOPPED:
    case VICI_MONITOR_CONNECTING:
    case VICI_MONITOR_SYNCING:
    case VICI_MONITOR_READY:
    default:
      return NULL;
    }
}
