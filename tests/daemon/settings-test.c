/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "settings-test.h"

#include <dlfcn.h>
#include <string.h>

static const GType *
get_config_types (gsize *n)
{
  static GType types[6];

  types[0] = VICI_TYPE_CONN_CONFIG;
  types[1] = VICI_TYPE_AUTH_CONFIG;
  types[2] = VICI_TYPE_CHILD_CONFIG;
  types[3] = VICI_TYPE_CERT_FILE_CONFIG;
  types[4] = VICI_TYPE_AUTHORITY_CONFIG;
  types[5] = VICI_TYPE_POOL_CONFIG;
  *n = G_N_ELEMENTS (types);

  return types;
}

/* list-sas has vici_list_sas_options_get_type() */
static GType
find_options (const char *command)
{
  g_autofree char *name = g_strdup_printf ("vici_%s_options_get_type", command);
  GType (*get_type) (void);

  get_type = (GType (*) (void)) dlsym (NULL, g_strdelimit (name, "-", '_'));

  return get_type ? get_type () : G_TYPE_INVALID;
}

GType *
settings_test_types (void)
{
  g_auto (GStrv) commands = vici_command_info_list ();
  g_autoptr (GArray) types = g_array_new (TRUE, FALSE, sizeof (GType));
  gsize n_configs;
  const GType *configs = get_config_types (&n_configs);

  /* Or else the linker leaves the options out. */
  g_type_ensure (VICI_TYPE_LIST_SAS_OPTIONS);

  g_array_append_vals (types, configs, n_configs);

  for (char **command = commands; *command != NULL; command++)
    {
      GType type = find_options (*command);

      if (type != G_TYPE_INVALID)
        g_array_append_val (types, type);
    }

  /* initiate, terminate, list_sas, … */
  g_assert_cmpuint (types->len, >, n_configs + 15);

  return (gpointer) g_array_free (g_steal_pointer (&types), FALSE);
}

gpointer
settings_test_new (GType type)
{
  g_autoptr (ViciSettingsClass) klass = g_type_class_ref (type);

  return klass->is_named ? g_object_new (type, "name", SETTINGS_TEST_NAME, NULL)
                         : g_object_new (type, NULL);
}

void
settings_test_complete (gpointer                 settings,
                        const ViciSettingsField *field)
{
  gboolean is_source = g_str_equal (field->key, "file") || g_str_equal (field->key, "handle") ||
                       g_str_equal (field->key, "cacert");

  if (VICI_IS_POOL_CONFIG (settings) && !g_str_equal (field->key, "addrs"))
    vici_pool_config_set_addrs (settings, "10.0.0.0/24");
  if (VICI_IS_AUTHORITY_CONFIG (settings) && !is_source)
    vici_authority_config_set_file (settings, "/ca.pem");
  if (VICI_IS_CERT_FILE_CONFIG (settings) && !is_source)
    vici_cert_file_config_set_file (settings, "/cert.pem");
  if (g_str_equal (field->key, "mediated_by"))
    vici_conn_config_set_mediation_peer (settings, "peer");
}

const ViciKeyInfo *
settings_test_get_info (gpointer                 settings,
                        const ViciSettingsField *field)
{
  return vici_key_info_lookup_key (VICI_SETTINGS_GET_CLASS (settings)->section, field->key);
}

/* -- Values -- */

/* A text for each type, how it is sent where that is another, and one that is refused. */
static const struct
{
  const char *valid;
  const char *wire;
  const char *invalid;
} texts[] = {
  [VICI_VALUE_STRING] = { "text", NULL, "a\nb" },
  [VICI_VALUE_NAME] = { "Büro", "B%C3%BCro", "" },
  [VICI_VALUE_BOOLEAN] = { "yes", NULL, "perhaps" },
  [VICI_VALUE_UINT] = { "42", NULL, "-1" },
  [VICI_VALUE_TIME] = { "4h", NULL, "4 hours" },
  [VICI_VALUE_SIZE] = { "500m", NULL, "500x" },
  [VICI_VALUE_HEX] = { "0a0b", NULL, "0a0" },
  [VICI_VALUE_IDENTITY] = { "carol@example.org", NULL, "a\tb" },
  [VICI_VALUE_HOST] = { "büro.example.org", "xn--bro-hoa.example.org", "a b" },
  [VICI_VALUE_ADDRESS] = { "10.0.0.1", NULL, "10.0.0" },
  [VICI_VALUE_ADDRESS_RANGE] = { "10.0.0.1-10.0.0.9", NULL, "10.0.0.9-10.0.0.1" },
  [VICI_VALUE_SUBNET] = { "10.0.0.0/24", NULL, "10.0.0.0/33" },
  [VICI_VALUE_TRAFFIC_SELECTOR] = { "dynamic[tcp/443]", NULL, "nowhere" },
  [VICI_VALUE_IKE_PROPOSAL] = { "aes256-sha256-x25519", NULL, "aes256" },
  [VICI_VALUE_ESP_PROPOSAL] = { "aes256-sha256", NULL, "sha256" },
  [VICI_VALUE_AH_PROPOSAL] = { "sha256-x25519", NULL, "x25519" },
  [VICI_VALUE_MARK] = { "42/0xff", NULL, "red" },
  [VICI_VALUE_SET_MARK] = { "%same", NULL, "red" },
  [VICI_VALUE_IF_ID] = { "%unique", NULL, "red" },
  [VICI_VALUE_PADDING] = { "mtu", NULL, "much" },
  [VICI_VALUE_DSCP] = { "101110", NULL, "210" },
  [VICI_VALUE_ACTION] = { "trap|start", NULL, "wait" },
  [VICI_VALUE_AUTH] = { "eap-md5", NULL, "magic" },
  [VICI_VALUE_PATH] = { "/etc/cert.pem", NULL, "" },
};

static ViciValueType
get_text_type (gpointer                 settings,
               const ViciSettingsField *field)
{
  ViciValueType type = vici_key_info_get_value_type (settings_test_get_info (settings, field));

  g_assert_cmpint (type, <, G_N_ELEMENTS (texts));
  g_assert_nonnull (texts[type].valid);

  return type;
}

static GBytes *
make_blob (gboolean valid)
{
  return valid ? g_bytes_new_static (SETTINGS_TEST_BYTES, 2) : g_bytes_new (NULL, 0);
}

static void
take_blobs (GValue  *value,
            gboolean valid)
{
  g_autoptr (GBytes) bytes = make_blob (valid);
  GVariant *items[2];

  items[0] = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
  items[1] = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
  g_value_set_variant (value, g_variant_new_array (NULL, items, 2));
}

/* What has no invalid texts is set to something else than it is at first. */
static void
set_value (gpointer                 settings,
           const ViciSettingsField *field,
           gboolean                 valid,
           GValue                  *value)
{
  const char *text = NULL;

  g_value_init (value, g_object_class_find_property (G_OBJECT_GET_CLASS (settings),
                                                     field->property)
                         ->value_type);

  if (field->kind == VICI_SETTING_STRING || field->kind == VICI_SETTING_STRINGS)
    text = valid ? texts[get_text_type (settings, field)].valid
                 : texts[get_text_type (settings, field)].invalid;

  switch (field->kind)
    {
    case VICI_SETTING_STRINGS:
      g_value_take_boxed (value, g_strdupv ((char *[]) { (char *) text, (char *) text, NULL }));
      break;
    case VICI_SETTING_BOOLEAN:
      g_value_set_boolean (value, TRUE);
      break;
    case VICI_SETTING_INT:
      g_value_set_int (value, -1);
      break;
    case VICI_SETTING_UINT:
      g_value_set_uint (value, 42);
      break;
    case VICI_SETTING_UINT64:
      g_value_set_uint64 (value, SETTINGS_TEST_LARGEST + (valid ? 0 : 1));
      break;
    case VICI_SETTING_ENUM:
      g_value_set_enum (value, 1);
      break;
    case VICI_SETTING_BLOB:
      g_value_take_boxed (value, make_blob (valid));
      break;
    case VICI_SETTING_BLOBS:
      take_blobs (value, valid);
      break;
    case VICI_SETTING_STRING:
      g_value_set_static_string (value, text);
      break;
    case VICI_SETTING_SECTIONS:
    default:
      g_assert_not_reached ();
    }
}

void
settings_test_get_valid (gpointer                 settings,
                         const ViciSettingsField *field,
                         GValue                  *value)
{
  set_value (settings, field, TRUE, value);
}

gboolean
settings_test_get_invalid (gpointer                 settings,
                           const ViciSettingsField *field,
                           GValue                  *value)
{
  if (field->kind != VICI_SETTING_STRING && field->kind != VICI_SETTING_STRINGS &&
      field->kind != VICI_SETTING_BLOB && field->kind != VICI_SETTING_BLOBS &&
      field->kind != VICI_SETTING_UINT64)
    return FALSE;

  set_value (settings, field, FALSE, value);

  return TRUE;
}

char *
settings_test_get_wire (gpointer                 settings,
                        const ViciSettingsField *field)
{
  ViciValueType type;

  switch (field->kind)
    {
    case VICI_SETTING_BOOLEAN:
      return g_strdup ("yes");
    case VICI_SETTING_INT:
      return g_strdup ("-1");
    case VICI_SETTING_UINT:
      return g_strdup ("42");
    case VICI_SETTING_UINT64:
      return g_strdup ("999999999999999");
    case VICI_SETTING_ENUM:
      return g_strdup (vici_word_get_text (field->words, 1));
    case VICI_SETTING_STRING:
    case VICI_SETTING_STRINGS:
      type = get_text_type (settings, field);
      return g_strdup (texts[type].wire ? texts[type].wire : texts[type].valid);
    case VICI_SETTING_BLOB:
    case VICI_SETTING_BLOBS:
    case VICI_SETTING_SECTIONS:
    default:
      g_assert_not_reached ();
    }
}

/* -- Where they are -- */

ViciSettings *
settings_test_wrap (ViciSettings *settings,
                    const char  **path)
{
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new (SETTINGS_TEST_NAME);
  g_autoptr (ViciAuthConfig) auth = vici_auth_config_new ();

  *path = VICI_SETTINGS_GET_CLASS (settings)->is_named ? SETTINGS_TEST_NAME "." : "";

  if (VICI_IS_CHILD_CONFIG (settings))
    {
      vici_conn_config_add_child (conn, VICI_CHILD_CONFIG (settings));
      *path = SETTINGS_TEST_NAME ".children." SETTINGS_TEST_NAME ".";
    }
  else if (VICI_IS_AUTH_CONFIG (settings))
    {
      vici_conn_config_add_remote (conn, auth);
      vici_conn_config_add_remote (conn, VICI_AUTH_CONFIG (settings));
      *path = SETTINGS_TEST_NAME ".remote-2.";
    }
  else if (VICI_IS_CERT_FILE_CONFIG (settings))
    {
      vici_conn_config_add_local (conn, auth);
      vici_auth_config_add_cacert_file (auth, VICI_CERT_FILE_CONFIG (settings));
      *path = SETTINGS_TEST_NAME ".local-1.cacert-1.";
    }
  else
    {
      return g_object_ref (settings);
    }

  return VICI_SETTINGS (g_steal_pointer (&conn));
}

/* ViciConnConfig -> vici_conn_config_get_mode */
gpointer
settings_test_get_function (gpointer    settings,
                            const char *verb,
                            const char *property)
{
  GString *name = g_string_new (NULL);
  g_autofree char *function = NULL;
  gpointer found;

  for (const char *at = G_OBJECT_TYPE_NAME (settings); *at != '\0'; at++)
    g_string_append_printf (name, "%s%c", g_ascii_isupper (*at) && name->len > 0 ? "_" : "",
                            g_ascii_tolower (*at));
  g_string_append_printf (name, "_%s_%s", verb, property);
  function = g_strdelimit (g_string_free (name, FALSE), "-", '_');

  found = dlsym (NULL, function);
  if (found == NULL)
    g_error ("There is no %s()", function);

  return found;
}
