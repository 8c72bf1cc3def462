/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-profile-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* -- To the daemon -- */

/* A peer that can be turned to: no subnet, range, or anybody. */
static gboolean
is_host (const char *addr)
{
  g_auto (GStrv) ends = g_strsplit (addr, "-", 2);

  return *addr != '%' && strchr (addr, '/') == NULL &&
         (ends[0] == NULL || ends[1] == NULL || !g_hostname_is_ip_address (ends[0]));
}

/* Whom the peer has to prove to be: nobody who is certified too should do. */
static char *
get_remote_id (AppletProfile *self)
{
  g_auto (GStrv) addrs = applet_profile_split (self->texts[TEXT_REMOTE_ADDRS]);

  if (*self->texts[TEXT_REMOTE_ID] != '\0')
    return g_strdup (self->texts[TEXT_REMOTE_ID]);

  return addrs[0] != NULL && is_host (addrs[0]) ? g_strdup (addrs[0]) : NULL;
}

static ViciAuthConfig *
make_local (AppletProfile *self,
            AppletFiles   *files)
{
  ViciAuthConfig *auth = vici_auth_config_new ();
  g_autofree char *eap = NULL;

  switch (self->auth)
    {
    case APPLET_AUTH_CERT:
      vici_auth_config_set_auth (auth, "pubkey");
      if (files != NULL && applet_files_get_cert (files) != NULL)
        vici_auth_config_add_cert (auth, applet_files_get_cert (files));
      break;

    case APPLET_AUTH_EAP:
      eap = *self->texts[TEXT_EAP_METHOD] != '\0'
            ? g_strconcat ("eap-", self->texts[TEXT_EAP_METHOD], NULL)
            : g_strdup ("eap");
      vici_auth_config_set_auth (auth, eap);
      vici_auth_config_set_eap_id (auth, self->texts[TEXT_USER]);
      break;

    case APPLET_AUTH_PSK:
    default:
      vici_auth_config_set_auth (auth, "psk");
      break;
    }

  if (*self->texts[TEXT_LOCAL_ID] != '\0')
    vici_auth_config_set_id (auth, self->texts[TEXT_LOCAL_ID]);

  return auth;
}

static ViciAuthConfig *
make_remote (AppletProfile *self,
             AppletFiles   *files)
{
  ViciAuthConfig *auth = vici_auth_config_new ();
  g_autofree char *id = get_remote_id (self);

  vici_auth_config_set_auth (auth, self->auth == APPLET_AUTH_PSK ? "psk" : "pubkey");
  if (id != NULL)
    vici_auth_config_set_id (auth, id);
  if (self->auth != APPLET_AUTH_PSK && files != NULL && applet_files_get_ca (files) != NULL)
    vici_auth_config_add_cacert (auth, applet_files_get_ca (files));

  return auth;
}

static const char *
get_child (AppletProfile *self)
{
  return self->texts[*self->texts[TEXT_CHILD] != '\0' ? TEXT_CHILD : TEXT_NAME];
}

/* An empty list is to the daemon as none. */
static ViciChildConfig *
make_child (AppletProfile *self)
{
  static const char * const actions[] = { NULL, "trap", "start" };
  ViciChildConfig *child = vici_child_config_new (get_child (self));
  g_auto (GStrv) local_ts = applet_profile_split (self->texts[TEXT_LOCAL_TS]);
  g_auto (GStrv) remote_ts = applet_profile_split (self->texts[TEXT_REMOTE_TS]);
  g_auto (GStrv) proposals = applet_profile_split (self->texts[TEXT_ESP_PROPOSALS]);

  if (*local_ts != NULL)
    vici_child_config_set_local_ts (child, (const char * const *) local_ts);
  if (*remote_ts != NULL)
    vici_child_config_set_remote_ts (child, (const char * const *) remote_ts);
  if (*proposals != NULL)
    vici_child_config_set_esp_proposals (child, (const char * const *) proposals);
  vici_child_config_set_start_action (child, actions[self->start]);

  return child;
}

ViciConnConfig *
applet_profile_to_config (AppletProfile *self,
                          AppletFiles   *files)
{
  ViciConnConfig *config = vici_conn_config_new (self->texts[TEXT_NAME]);
  g_autoptr (ViciAuthConfig) local = make_local (self, files);
  g_autoptr (ViciAuthConfig) remote = make_remote (self, files);
  g_autoptr (ViciChildConfig) child = make_child (self);
  g_auto (GStrv) local_addrs = applet_profile_split (self->texts[TEXT_LOCAL_ADDRS]);
  g_auto (GStrv) remote_addrs = applet_profile_split (self->texts[TEXT_REMOTE_ADDRS]);
  g_auto (GStrv) proposals = applet_profile_split (self->texts[TEXT_IKE_PROPOSALS]);

  vici_conn_config_set_version (config, VICI_IKE_VERSION_ANY + self->version);
  if (*local_addrs != NULL)
    vici_conn_config_set_local_addrs (config, (const char * const *) local_addrs);
  vici_conn_config_set_remote_addrs (config, (const char * const *) remote_addrs);
  if (*proposals != NULL)
    vici_conn_config_set_proposals (config, (const char * const *) proposals);
  if (self->virtual_ip)
    vici_conn_config_set_vips (config, (const char *[]) { "0.0.0.0", "::", NULL });
  vici_conn_config_add_local (config, local);
  vici_conn_config_add_remote (config, remote);
  vici_conn_config_add_child (config, child);

  return config;
}

GStrv
applet_profile_get_owners (AppletProfile *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *remote = get_remote_id (self);
  const char *own = self->texts[self->auth == APPLET_AUTH_EAP ? TEXT_USER : TEXT_LOCAL_ID];

  if (*own != '\0')
    g_strv_builder_add (builder, own);
  if (remote != NULL)
    g_strv_builder_add (builder, remote);

  return g_strv_builder_end (builder);
}

/* -- From the daemon -- */

static void
set_list (AppletProfile      *self,
          int                 text,
          const char * const *items,
          const char         *fallback)
{
  g_autofree char *joined = g_strjoinv (", ", (char **) items);

  applet_profile_set_text (self, text, g_strcmp0 (joined, fallback) == 0 ? "" : joined);
}

static gpointer
get_only (GListModel *model)
{
  g_autoptr (GObject) first = g_list_model_get_item (model, 0);

  /* The list has it. */
  return g_list_model_get_n_items (model) == 1 ? first : NULL;
}

static gboolean
take_auth (AppletProfile *self,
           ViciConnAuth  *local,
           ViciConnAuth  *remote)
{
  ViciAuthClass peer = vici_conn_auth_get_auth_class (remote);

  switch (vici_conn_auth_get_auth_class (local))
    {
    case VICI_AUTH_CLASS_PSK:
      self->auth = APPLET_AUTH_PSK;
      return peer == VICI_AUTH_CLASS_PSK;

    case VICI_AUTH_CLASS_PUBLIC_KEY:
      self->auth = APPLET_AUTH_CERT;
      return peer == VICI_AUTH_CLASS_PUBLIC_KEY;

    case VICI_AUTH_CLASS_EAP:
      self->auth = APPLET_AUTH_EAP;
      return peer == VICI_AUTH_CLASS_PUBLIC_KEY && vici_conn_auth_get_eap_vendor (local) == 0;

    default:
      return FALSE;
    }
}

static void
take_ids (AppletProfile *self,
          ViciConnAuth  *local,
          ViciConnAuth  *remote)
{
  const char *own = vici_conn_auth_get_id (local);
  const char *peer = vici_conn_auth_get_id (remote);
  const char *user = vici_conn_auth_get_eap_id (local);
  const char *method = vici_conn_auth_get_eap_type (local);
  g_autofree char *fallback = get_remote_id (self);

  applet_profile_set_text (self, TEXT_LOCAL_ID, g_strcmp0 (own, "%any") == 0 ? NULL : own);
  if (g_strcmp0 (peer, fallback) != 0)
    applet_profile_set_text (self, TEXT_REMOTE_ID, peer != NULL ? peer : "%any");
  if (self->auth != APPLET_AUTH_EAP)
    return;

  applet_profile_set_text (self, TEXT_USER, user != NULL ? user : own);
  /* “MSCHAPV2”, or “EAP_MSCHAPV2” */
  if (method != NULL)
    {
      g_autofree char *word = g_ascii_strdown (method, -1);

      applet_profile_set_text (self, TEXT_EAP_METHOD,
                               g_str_has_prefix (word, "eap_") ? word + strlen ("eap_") : word);
    }
}

AppletProfile *
applet_profile_new_from_conn (ViciConn *conn,
                              GError  **error)
{
  g_autoptr (AppletProfile) self = applet_profile_new ();
  ViciConnAuth *local = get_only (vici_conn_get_local_auths (conn));
  ViciConnAuth *remote = get_only (vici_conn_get_remote_auths (conn));
  ViciConnChild *child = get_only (vici_conn_get_children (conn));

  if (local == NULL || remote == NULL || !take_auth (self, local, remote))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           _("Its peers prove who they are in a way that cannot be edited here."));
      return NULL;
    }
  if (child == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           _("It has not exactly one part, so that it cannot be edited here."));
      return NULL;
    }

  applet_profile_set_text (self, TEXT_NAME, vici_conn_get_name (conn));
  self->version = MAX (vici_conn_get_version (conn), VICI_IKE_VERSION_ANY) - VICI_IKE_VERSION_ANY;
  set_list (self, TEXT_LOCAL_ADDRS, vici_conn_get_local_addrs (conn), "%any");
  set_list (self, TEXT_REMOTE_ADDRS, vici_conn_get_remote_addrs (conn), NULL);
  applet_profile_set_text (self, TEXT_CHILD, vici_conn_child_get_name (child));
  set_list (self, TEXT_LOCAL_TS, vici_conn_child_get_local_ts (child), "dynamic");
  set_list (self, TEXT_REMOTE_TS, vici_conn_child_get_remote_ts (child), "dynamic");
  take_ids (self, local, remote);

  return g_steal_pointer (&self);
}

/* A certificate's subject is the identity where none is set. */
static gboolean
is_of_files (AppletProfile *self,
             const char    *path)
{
  return g_str_has_suffix (path, ".certs") || g_str_has_suffix (path, ".cacerts") ||
         (self->auth == APPLET_AUTH_CERT && *self->texts[TEXT_LOCAL_ID] == '\0' &&
          g_str_has_suffix (path, ".local-1.id"));
}

GStrv
applet_profile_compare (AppletProfile *self,
                        ViciConn      *conn)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (ViciConnConfig) config = applet_profile_to_config (self, NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = vici_conn_config_compare (config, conn, &error);

  /* What cannot be sent is not what the daemon has. */
  if (error != NULL)
    g_strv_builder_add (builder, error->message);

  for (char **path = paths; path != NULL && *path != NULL; path++)
    {
      if (!is_of_files (self, *path))
        g_strv_builder_add (builder, *path);
    }

  return g_strv_builder_end (builder);
}

/* -- Errors -- */

/* The text behind a start, or NULL. */
static const char *
skip (const char *text,
      const char *start)
{
  return text != NULL && g_str_has_prefix (text, start) ? text + strlen (start) : NULL;
}

static const char *
skip_path (AppletProfile *self,
           const char    *text)
{
  const char *rest = skip (skip (text, self->texts[TEXT_NAME]), ".");
  const char *in_child = skip (skip (skip (rest, "children."), get_child (self)), ".");

  return in_child != NULL ? in_child : rest;
}

/* What charon says names the key, and no section. */
static int
find_refused (const char *text)
{
  const char *at = strstr (text, "invalid value for: ");
  const char *key = at != NULL ? at + strlen ("invalid value for: ") : "";

  for (int i = 0; i < N_TEXTS; i++)
    {
      const char *name = applet_profile_texts[i].key;
      const char *rest = name != NULL ? skip (key, name) : NULL;

      if (rest != NULL && *rest == ',')
        return i;
    }

  return -1;
}

const char *
applet_profile_find_blamed (AppletProfile *self,
                            const GError  *error,
                            const char   **text)
{
  const char *rest = skip_path (self, error->message);
  int refused;

  if (text != NULL)
    *text = error->message;
  if (error->domain != VICI_ERROR)
    return NULL;

  for (int i = 0; rest != NULL && i < N_TEXTS; i++)
    {
      const char *path = applet_profile_texts[i].path;
      const char *behind = path != NULL ? skip (skip (rest, path), ": ") : NULL;

      if (behind == NULL)
        continue;

      if (text != NULL)
        *text = behind;
      return applet_profile_texts[i].property;
    }

  refused = find_refused (error->message);

  return refused >= 0 ? applet_profile_texts[refused].property : NULL;
}
