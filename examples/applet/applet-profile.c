/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-profile.h"

#include <glib/gi18n.h>
#include <string.h>

enum
{
  TEXT_NAME,
  TEXT_REMOTE_ADDRS,
  TEXT_LOCAL_ADDRS,
  TEXT_LOCAL_ID,
  TEXT_REMOTE_ID,
  TEXT_USER,
  TEXT_REMOTE_TS,
  TEXT_LOCAL_TS,
  TEXT_IKE_PROPOSALS,
  TEXT_ESP_PROPOSALS,
  TEXT_CERT_FILE,
  TEXT_KEY_FILE,
  TEXT_CA_FILE,
  TEXT_CHILD,       /* the name of its child; empty: that of the connection */
  TEXT_EAP_METHOD,  /* empty: the one that the peer wants */
  TEXT_KEY_ID,      /* of the private key that was loaded for it */
  N_TEXTS
};

/* What a text is to the library: its section and key, and the path that its errors
 * begin with, behind the name of the connection. */
static const struct
{
  const char *property;
  const char *section;
  const char *key;
  const char *path;
} texts[N_TEXTS] = {
  [TEXT_NAME] = { "name", NULL, "name", NULL },
  [TEXT_REMOTE_ADDRS] = { "remote-addrs", "conn", "remote_addrs", "remote_addrs" },
  [TEXT_LOCAL_ADDRS] = { "local-addrs", "conn", "local_addrs", "local_addrs" },
  [TEXT_LOCAL_ID] = { "local-id", "auth", "id", "local-1.id" },
  [TEXT_REMOTE_ID] = { "remote-id", "auth", "id", "remote-1.id" },
  [TEXT_USER] = { "user", "auth", "eap_id", "local-1.eap_id" },
  [TEXT_REMOTE_TS] = { "remote-ts", "child", "remote_ts", "remote_ts" },
  [TEXT_LOCAL_TS] = { "local-ts", "child", "local_ts", "local_ts" },
  [TEXT_IKE_PROPOSALS] = { "ike-proposals", "conn", "proposals", "proposals" },
  [TEXT_ESP_PROPOSALS] = { "esp-proposals", "child", "esp_proposals", "esp_proposals" },
  [TEXT_CERT_FILE] = { "cert-file", NULL, "certs", "local-1.certs" },
  [TEXT_KEY_FILE] = { "key-file", NULL, NULL, NULL },
  [TEXT_CA_FILE] = { "ca-file", NULL, "cacerts", "remote-1.cacerts" },
  [TEXT_CHILD] = { "child", NULL, NULL, NULL },
  [TEXT_EAP_METHOD] = { "eap-method", NULL, NULL, NULL },
  [TEXT_KEY_ID] = { "key-id", NULL, NULL, NULL },
};

struct _AppletProfile
{
  GObject parent_instance;

  char   *texts[N_TEXTS];   /* none is NULL */
  guint   version;          /* 0: either */
  guint   auth;
  guint   start;
  gboolean virtual_ip;
};

enum
{
  PROP_VERSION = N_TEXTS + 1,
  PROP_AUTH,
  PROP_START,
  PROP_VIRTUAL_IP,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (AppletProfile, applet_profile, G_TYPE_OBJECT)

AppletProfile *
applet_profile_new (void)
{
  return g_object_new (APPLET_TYPE_PROFILE, NULL);
}

static int
find_text (const char *property)
{
  for (int i = 0; i < N_TEXTS; i++)
    {
      if (strcmp (texts[i].property, property) == 0)
        return i;
    }

  return -1;
}

static void
set_text (AppletProfile *self,
          int            text,
          const char    *value)
{
  g_autofree char *stripped = g_strstrip (g_strdup (value ? value : ""));

  if (g_str_equal (self->texts[text], stripped))
    return;

  g_free (self->texts[text]);
  self->texts[text] = g_steal_pointer (&stripped);
  g_object_notify_by_pspec (G_OBJECT (self), properties[text + 1]);
}

const char *
applet_profile_get (AppletProfile *self,
                    const char    *property)
{
  return self->texts[find_text (property)];
}

AppletAuth
applet_profile_get_auth (AppletProfile *self)
{
  return self->auth;
}

AppletStart
applet_profile_get_start (AppletProfile *self)
{
  return self->start;
}

/* The items of a text, without spaces around and empty ones between them. */
static GStrv
split (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  for (char **part = parts; *part != NULL; part++)
    {
      if (*g_strstrip (*part) != '\0')
        g_strv_builder_add (builder, *part);
    }

  return g_strv_builder_end (builder);
}

/* -- Checks -- */

static gboolean
fail (const char *text,
      GError    **error)
{
  g_set_error_literal (error, VICI_ERROR, VICI_ERROR_INVALID, text);

  return FALSE;
}

static gboolean
check_missing (AppletProfile *self,
               int            text,
               GError       **error)
{
  switch (text)
    {
    case TEXT_NAME:
      return fail (_("The connection needs a name."), error);

    case TEXT_REMOTE_ADDRS:
      return fail (_("An address or the name of a host is needed."), error);

    case TEXT_USER:
      return self->auth != APPLET_AUTH_EAP || fail (_("The name of the user is needed."), error);

    case TEXT_CERT_FILE:
      return self->auth != APPLET_AUTH_CERT ||
             fail (_("The file with the own certificate is needed."), error);

    default:
      return TRUE;
    }
}

static gboolean
check_name (const char *name,
            GError    **error)
{
  g_autoptr (ViciConnConfig) config = vici_conn_config_new (name);

  return vici_settings_check (VICI_SETTINGS (config), error);
}

static gboolean
check_items (int         text,
             const char *value,
             GError    **error)
{
  const ViciKeyInfo *section = vici_key_info_lookup_section (texts[text].section);
  const ViciKeyInfo *info = vici_key_info_lookup_key (section, texts[text].key);
  gboolean is_list = (vici_key_info_get_flags (info) & VICI_KEY_LIST) != 0;
  g_auto (GStrv) items = is_list ? split (value) : g_strdupv ((char *[]) { (char *) value, NULL });

  for (char **item = items; *item != NULL; item++)
    {
      g_autofree char *wire = vici_key_info_to_wire (info, *item, error);

      if (wire == NULL)
        return FALSE;
    }

  return TRUE;
}

gboolean
applet_profile_check (AppletProfile *self,
                      const char    *property,
                      GError       **error)
{
  int text = find_text (property);

  if (text < 0)
    return strcmp (property, "version") != 0 || self->auth != APPLET_AUTH_EAP ||
           self->version != 1 ||
           fail (_("A user name and a password take IKEv2."), error);

  if (*self->texts[text] == '\0')
    return check_missing (self, text, error);

  if (text == TEXT_NAME)
    return check_name (self->texts[text], error);

  return texts[text].section == NULL || check_items (text, self->texts[text], error);
}

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
  g_auto (GStrv) addrs = split (self->texts[TEXT_REMOTE_ADDRS]);

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
  g_auto (GStrv) local_ts = split (self->texts[TEXT_LOCAL_TS]);
  g_auto (GStrv) remote_ts = split (self->texts[TEXT_REMOTE_TS]);
  g_auto (GStrv) proposals = split (self->texts[TEXT_ESP_PROPOSALS]);

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
  g_auto (GStrv) local_addrs = split (self->texts[TEXT_LOCAL_ADDRS]);
  g_auto (GStrv) remote_addrs = split (self->texts[TEXT_REMOTE_ADDRS]);
  g_auto (GStrv) proposals = split (self->texts[TEXT_IKE_PROPOSALS]);

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

  set_text (self, text, g_strcmp0 (joined, fallback) == 0 ? "" : joined);
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

  set_text (self, TEXT_LOCAL_ID, g_strcmp0 (own, "%any") == 0 ? NULL : own);
  if (g_strcmp0 (peer, fallback) != 0)
    set_text (self, TEXT_REMOTE_ID, peer != NULL ? peer : "%any");
  if (self->auth != APPLET_AUTH_EAP)
    return;

  set_text (self, TEXT_USER, user != NULL ? user : own);
  /* “MSCHAPV2”, or “EAP_MSCHAPV2” */
  if (method != NULL)
    {
      g_autofree char *word = g_ascii_strdown (method, -1);

      set_text (self, TEXT_EAP_METHOD, g_str_has_prefix (word, "eap_") ? word + strlen ("eap_") : word);
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

  set_text (self, TEXT_NAME, vici_conn_get_name (conn));
  self->version = MAX (vici_conn_get_version (conn), VICI_IKE_VERSION_ANY) - VICI_IKE_VERSION_ANY;
  set_list (self, TEXT_LOCAL_ADDRS, vici_conn_get_local_addrs (conn), "%any");
  set_list (self, TEXT_REMOTE_ADDRS, vici_conn_get_remote_addrs (conn), NULL);
  set_text (self, TEXT_CHILD, vici_conn_child_get_name (child));
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
      const char *rest = texts[i].key != NULL ? skip (key, texts[i].key) : NULL;

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
      const char *behind = texts[i].path != NULL ? skip (skip (rest, texts[i].path), ": ") : NULL;

      if (behind == NULL)
        continue;

      if (text != NULL)
        *text = behind;
      return texts[i].property;
    }

  refused = find_refused (error->message);

  return refused >= 0 ? texts[refused].property : NULL;
}

/* -- Key files -- */

static const char * const auth_words[] = { "psk", "certificate", "eap", NULL };
static const char * const start_words[] = { "no", "trap", "start", NULL };
static const char * const version_words[] = { "any", "1", "2", NULL };

void
applet_profile_to_key_file (AppletProfile *self,
                            GKeyFile      *file,
                            const char    *group)
{
  for (int i = 0; i < N_TEXTS; i++)
    {
      if (*self->texts[i] != '\0')
        g_key_file_set_string (file, group, texts[i].property, self->texts[i]);
    }

  g_key_file_set_string (file, group, "version", version_words[self->version]);
  g_key_file_set_string (file, group, "auth", auth_words[self->auth]);
  g_key_file_set_string (file, group, "start", start_words[self->start]);
  g_key_file_set_boolean (file, group, "virtual-ip", self->virtual_ip);
}

static gboolean
read_word (GKeyFile           *file,
           const char         *group,
           const char         *key,
           const char * const *words,
           guint              *value,
           GError            **error)
{
  g_autofree char *word = g_key_file_get_string (file, group, key, error);

  if (word == NULL)
    return FALSE;

  for (*value = 0; words[*value] != NULL; (*value)++)
    {
      if (g_str_equal (words[*value], word))
        return TRUE;
    }

  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
               /* Translators: a group, a key and its value in a file */
               _("%s: %s cannot be “%s”."), group, key, word);

  return FALSE;
}

AppletProfile *
applet_profile_new_from_key_file (GKeyFile   *file,
                                  const char *group,
                                  GError    **error)
{
  g_autoptr (AppletProfile) self = applet_profile_new ();

  for (int i = 0; i < N_TEXTS; i++)
    {
      g_autofree char *text = g_key_file_get_string (file, group, texts[i].property, NULL);

      set_text (self, i, text);
    }

  if (!applet_profile_check (self, "name", error) ||
      !read_word (file, group, "version", version_words, &self->version, error) ||
      !read_word (file, group, "auth", auth_words, &self->auth, error) ||
      !read_word (file, group, "start", start_words, &self->start, error))
    return NULL;

  self->virtual_ip = g_key_file_get_boolean (file, group, "virtual-ip", NULL);

  return g_steal_pointer (&self);
}

AppletProfile *
applet_profile_copy (AppletProfile *self)
{
  AppletProfile *copy = applet_profile_new ();

  for (int i = 0; i < N_TEXTS; i++)
    set_text (copy, i, self->texts[i]);
  copy->version = self->version;
  copy->auth = self->auth;
  copy->start = self->start;
  copy->virtual_ip = self->virtual_ip;

  return copy;
}

/* -- GObject -- */

static void
applet_profile_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  AppletProfile *self = APPLET_PROFILE (object);

  switch (property_id)
    {
    case PROP_VERSION:
      g_value_set_uint (value, self->version);
      break;

    case PROP_AUTH:
      g_value_set_uint (value, self->auth);
      break;

    case PROP_START:
      g_value_set_uint (value, self->start);
      break;

    case PROP_VIRTUAL_IP:
      g_value_set_boolean (value, self->virtual_ip);
      break;

    default:
      g_value_set_string (value, self->texts[property_id - 1]);
      break;
    }
}

static void
applet_profile_set_property (GObject      *object,
                             guint         property_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  AppletProfile *self = APPLET_PROFILE (object);

  switch (property_id)
    {
    case PROP_VERSION:
      self->version = g_value_get_uint (value);
      break;

    case PROP_AUTH:
      self->auth = g_value_get_uint (value);
      break;

    case PROP_START:
      self->start = g_value_get_uint (value);
      break;

    case PROP_VIRTUAL_IP:
      self->virtual_ip = g_value_get_boolean (value);
      break;

    default:
      set_text (self, property_id - 1, g_value_get_string (value));
      return;
    }

  g_object_notify_by_pspec (object, pspec);
}

static void
applet_profile_finalize (GObject *object)
{
  AppletProfile *self = APPLET_PROFILE (object);

  for (int i = 0; i < N_TEXTS; i++)
    g_free (self->texts[i]);

  G_OBJECT_CLASS (applet_profile_parent_class)->finalize (object);
}

static void
applet_profile_class_init (AppletProfileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = applet_profile_get_property;
  object_class->set_property = applet_profile_set_property;
  object_class->finalize = applet_profile_finalize;

  for (int i = 0; i < N_TEXTS; i++)
    properties[i + 1] = g_param_spec_string (texts[i].property, NULL, NULL, "", flags);
  properties[PROP_VERSION] =
    g_param_spec_uint ("version", NULL, NULL, 0, 2, 2, flags);
  properties[PROP_AUTH] =
    g_param_spec_uint ("auth", NULL, NULL, 0, APPLET_AUTH_EAP, APPLET_AUTH_PSK, flags);
  properties[PROP_START] =
    g_param_spec_uint ("start", NULL, NULL, 0, APPLET_START_AT_ONCE, APPLET_START_NOT, flags);
  properties[PROP_VIRTUAL_IP] = g_param_spec_boolean ("virtual-ip", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
applet_profile_init (AppletProfile *self)
{
  for (int i = 0; i < N_TEXTS; i++)
    self->texts[i] = g_strdup ("");
  self->version = 2;
}
