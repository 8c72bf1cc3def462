/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reasons, found in what charon said to record-failures.py. */

#include "failure-test.h"

static ViciFailure
failure_of (const char *nick)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (VICI_TYPE_FAILURE);
  GEnumValue *value = g_enum_get_value_by_nick (klass, nick);

  g_assert_nonnull (value);

  return value->value;
}

typedef struct
{
  const char *path;
  int         level;
} Recorded;

typedef struct
{
  char    *expect;
  GError  *error;
  gboolean ended;
} Script;

static void
script_clear (Script *script)
{
  g_free (script->expect);
  g_clear_error (&script->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Script, script_clear)

/* The name of the CHILD_SA that was to be established, from the reply. */
static char *
child_of (const char *errmsg)
{
  g_auto (GStrv) parts = g_strsplit (errmsg, "'", 3);

  return strstr (errmsg, "CHILD_SA") != NULL && parts[1] != NULL ? g_strdup (parts[1]) : NULL;
}

static GStrv
read_lines (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);

  return g_strsplit (contents, "\n", -1);
}

static GStrv
read_fields (const char *line)
{
  GStrv fields = g_strsplit (line, "\t", -1);

  for (char **field = fields; *field != NULL; field++)
    {
      char *text = g_strcompress (*field);

      g_free (*field);
      *field = text;
    }

  return fields;
}

static void
feed_line (ViciFailureFinder *finder,
           Script            *script,
           const char        *line,
           int                level)
{
  g_auto (GStrv) fields = read_fields (line);

  if (g_strv_length (fields) == 0)
    return;

  if (g_str_equal (fields[0], "log"))
    {
      g_assert_cmpuint (g_strv_length (fields), ==, 6);
      if (atoi (fields[2]) <= level)
        vici_failure_finder_feed_log (finder, fields[1], *fields[4] != '\0' ? fields[4] : NULL,
                                      fields[5]);
    }
  else if (g_str_equal (fields[0], "alert"))
    vici_failure_finder_feed_alert (finder, fields[1]);
  else if (g_str_equal (fields[0], "expect"))
    script->expect = g_strdup (fields[1]);
  else if (g_str_equal (fields[0], "errmsg"))
    script->error = command_failed (fields[1]);

  script->ended = g_str_equal (fields[0], "errmsg") || g_str_equal (fields[0], "success");
}

/* Feeds what is in a file, of those kinds of lines whose names begin as told. */
static ViciFailure
find_in (GStrv       lines,
         const char *kind,
         int         level,
         Script     *script)
{
  ViciFailureFinder finder;
  g_autofree char *child = NULL;
  ViciFailure failure;

  for (char **line = lines; *line != NULL; line++)
    {
      if (g_str_has_prefix (*line, "errmsg\t"))
        child = child_of (*line);
    }

  vici_failure_finder_init (&finder, child);

  for (char **line = lines; *line != NULL; line++)
    {
      gboolean clue = g_str_has_prefix (*line, "log\t") || g_str_has_prefix (*line, "alert\t");

      if (!clue || kind == NULL || g_str_has_prefix (*line, kind))
        feed_line (&finder, script, *line, level);
      if (script->ended)
        break;
    }

  g_assert_true (script->ended);
  g_assert_nonnull (script->expect);
  failure = vici_failure_finder_finish (&finder, script->error);
  vici_failure_finder_clear (&finder);

  return failure;
}

static void
test_recorded (gconstpointer data)
{
  const Recorded *recorded = data;
  g_auto (GStrv) lines = read_lines (recorded->path);
  g_auto (Script) script = { NULL };
  ViciFailure failure = find_in (lines, NULL, recorded->level, &script);

  g_assert_cmpstr (nick_of (failure), ==, script.expect);
}

/* What was said on the way to a success is no reason. */
static void
test_survived (gconstpointer data)
{
  g_auto (GStrv) lines = read_lines (data);
  g_autoptr (GError) error = command_failed (NO_REASON);
  g_auto (Script) script = { NULL };
  g_auto (Script) again = { .error = g_error_copy (error) };

  if (find_in (lines, NULL, 2, &script) != VICI_FAILURE_NONE)
    return;

  g_assert_cmpstr (nick_of (find_in (lines, "log\t", 2, &again)), ==, "unknown");
}

/* Alerts alone know less, and nothing else. */
static void
test_alerts (gconstpointer data)
{
  g_auto (GStrv) lines = read_lines (data);
  g_auto (Script) script = { NULL };
  ViciFailure failure = find_in (lines, "alert\t", 2, &script);
  ViciFailure expected = failure_of (script.expect);

  switch (failure)
    {
    case VICI_FAILURE_UNKNOWN:
    case VICI_FAILURE_TIMED_OUT:
      break;
    case VICI_FAILURE_AUTHENTICATION_FAILED:
      g_assert_true (expected == failure || expected == VICI_FAILURE_EAP_FAILED ||
                     expected == VICI_FAILURE_CREDENTIAL_NOT_FOUND);
      break;
    case VICI_FAILURE_PEER_AUTHENTICATION_FAILED:
      g_assert_true (expected == failure || expected == VICI_FAILURE_IDENTITY_MISMATCH ||
                     expected == VICI_FAILURE_CREDENTIAL_NOT_FOUND ||
                     expected == VICI_FAILURE_CERTIFICATE_NOT_TRUSTED);
      break;
    default:
      g_assert_cmpstr (nick_of (failure), ==, script.expect);
    }
}

/* Kept until the end: the names of tests are not copied. */
static void
add_recorded (GPtrArray  *kept,
              const char *version,
              const char *folder,
              const char *file)
{
  g_autofree char *name = g_strndup (file, strlen (file) - strlen (".log"));
  char *path = g_build_filename (folder, file, NULL);

  g_ptr_array_add (kept, path);

  for (int level = 1; level <= 2; level++)
    {
      g_autofree char *test = g_strdup_printf ("/failure/recorded/%s/%s/level-%d", version, name,
                                               level);
      Recorded *recorded = g_new (Recorded, 1);

      *recorded = (Recorded) { path, level };
      g_ptr_array_add (kept, recorded);
      g_test_add_data_func (test, recorded, test_recorded);
    }

  {
    g_autofree char *test = g_strdup_printf ("/failure/survived/%s/%s", version, name);

    g_test_add_data_func (test, path, test_survived);
  }

  {
    g_autofree char *test = g_strdup_printf ("/failure/alerts-alone/%s/%s", version, name);

    g_test_add_data_func (test, path, test_alerts);
  }
}

static guint
add_folder (GPtrArray  *kept,
            const char *version)
{
  g_autofree char *data = g_test_build_filename (G_TEST_DIST, "daemon", "data", NULL);
  g_autofree char *folder = g_build_filename (data, "failures", version, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *file;
  guint count = 0;

  g_assert_nonnull (dir);

  for (; (file = g_dir_read_name (dir)) != NULL; count++)
    add_recorded (kept, version, folder, file);

  return count;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);

  g_test_init (&argc, &argv, NULL);

  g_assert_cmpuint (add_folder (kept, "5.9.8"), >=, 70);
  g_assert_cmpuint (add_folder (kept, "6.0.6"), >=, 70);

  return g_test_run ();
}
