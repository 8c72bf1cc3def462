/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-profile-private.h"

#include <glib/gi18n.h>
#include <string.h>

const AppletTextInfo applet_profile_texts[N_TEXTS] = {
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
      if (strcmp (applet_profile_texts[i].property, property) == 0)
        return i;
    }

  return -1;
}

void
applet_profile_set_text (AppletProfile *self,
                         AppletText     text,
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

GStrv
applet_profile_split (const char *text)
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
  const ViciKeyInfo *section = vici_key_info_lookup_section (applet_profile_texts[text].section);
  const ViciKeyInfo *info = vici_key_info_lookup_key (section, applet_profile_texts[text].key);
  gboolean is_list = (vici_key_info_get_flags (info) & VICI_KEY_LIST) != 0;
  g_auto (GStrv) items = is_list ? applet_profile_split (value) : g_strdupv ((char *[]) { (char *) value, NULL });

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

  return applet_profile_texts[text].section == NULL || check_items (text, self->texts[text], error);
}

/* -- Copies -- */

AppletProfile *
applet_profile_copy (AppletProfile *self)
{
  AppletProfile *copy = applet_profile_new ();

  for (int i = 0; i < N_TEXTS; i++)
    applet_profile_set_text (copy, i, self->texts[i]);
  copy->version = self->version;
  copy->auth = self->auth;
  copy->start = self->start;
  copy->virtual_ip = self->virtual_ip;

  return copy;
}

gboolean
applet_profile_equal (AppletProfile *self,
                      AppletProfile *other)
{
  for (int i = 0; i < N_TEXTS; i++)
    {
      if (!g_str_equal (self->texts[i], other->texts[i]))
        return FALSE;
    }

  return self->version == other->version && self->auth == other->auth &&
         self->start == other->start && self->virtual_ip == other->virtual_ip;
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
      applet_profile_set_text (self, property_id - 1, g_value_get_string (value));
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
    properties[i + 1] = g_param_spec_string (applet_profile_texts[i].property, NULL, NULL, "", flags);
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
