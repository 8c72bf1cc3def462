/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an `initiate` has begun, told from its control log: of logs that were recorded
 * from real daemons, and of lines that want to be taken for others. */

#include "vici-builder.h"
#include "vici-control-trail.h"

static ViciMessage *
line_new (const char *group,
          const char *level,
          const char *name,
          const char *id,
          const char *text)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_add_string (builder, "group", group);
  vici_builder_add_string (builder, "level", level);
  if (*id != '\0')
    {
      vici_builder_add_string (builder, "ikesa-name", name);
      vici_builder_add_string (builder, "ikesa-uniqueid", id);
    }
  vici_builder_add_string (builder, "msg", text);

  return vici_builder_end (builder, NULL);
}

static void
trail_init (ViciControlTrail *trail,
            const char       *child)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) initiate = NULL;

  if (child != NULL)
    vici_builder_add_string (builder, "child", child);
  initiate = vici_builder_end (builder, NULL);
  vici_control_trail_init (trail, initiate);
}

static void
trail_add (ViciControlTrail *trail,
           const char       *group,
           const char       *name,
           const char       *text)
{
  g_autoptr (ViciMessage) event = line_new (group, "1", name, "7", text);

  vici_control_trail_add (trail, event);
}

/* How it would be taken down; "-": not at all. */
static char *
take_down (ViciControlTrail *trail)
{
  g_autoptr (ViciMessage) terminate = vici_control_trail_get_terminate (trail);

  return terminate ? vici_message_to_string (terminate, VICI_PRINT_NONE) : g_strdup ("-");
}

static void
assert_read (const char *child,
             const char *group,
             const char *name,
             const char *text,
             const char *terminate)
{
  ViciControlTrail trail;
  g_autofree char *found = NULL;

  trail_init (&trail, child);
  trail_add (&trail, group, name, text);
  found = take_down (&trail);
  g_assert_cmpstr (found, ==, terminate);
  vici_control_trail_clear (&trail);
}

/* Of a CHILD_SA on an IKE_SA that was there, and the message that is made next. */
static void
assert_joined (const char *child,
               const char *text,
               const char *message,
               const char *terminate)
{
  ViciControlTrail trail;
  g_autofree char *early = NULL;
  g_autofree char *found = NULL;

  trail_init (&trail, child);
  trail_add (&trail, "IKE", "home", text);
  early = take_down (&trail);
  g_assert_cmpstr (early, ==, "-");
  trail_add (&trail, "ENC", "home", message);
  found = take_down (&trail);
  g_assert_cmpstr (found, ==, terminate);
  vici_control_trail_clear (&trail);
}

#define CREATE_CHILD_SA "generating CREATE_CHILD_SA request 2 [ SA No TSi TSr ]"
#define IKE "{ike-id=7 force=yes timeout=-1}"
#define CHILD "{child-id=3 timeout=-1}"

static void
beginnings (void)
{
  assert_read ("net", "IKE", "home", "initiating IKE_SA home[7] to 192.0.2.2", IKE);
  assert_read (NULL, "IKE", "home", "initiating Main Mode IKE_SA home[7] to 192.0.2.2", IKE);
  assert_read (NULL, "IKE", "home", "initiating Aggressive Mode IKE_SA home[7] to ::1", IKE);
  assert_read ("net", "ENC", "home", "generating IKE_SA_INIT request 0 [ SA KE No ]", IKE);
}

static void
other_lines (void)
{
  /* Of another part, about another one, or within another line. */
  assert_read ("net", "CFG", "home", "initiating IKE_SA home[7] to 192.0.2.2", "-");
  assert_read ("net", "IKE", "home", "initiating IKE_SA home[8] to 192.0.2.2", "-");
  assert_read ("net", "IKE", "home", "initiating IKE_SA other[7] to 192.0.2.2", "-");
  assert_read ("net", "IKE", "home", "received 'initiating IKE_SA home[7] to '", "-");
  assert_read ("net", "IKE", "home", "192.0.2.2 is initiating IKE_SA home[7]", "-");
  assert_read ("net", "IKE", "home", "reinitiating IKE_SA home[7]", "-");
  assert_read ("net", "ENC", "home", "generating IKE_SA_INIT response 0 [ SA KE No ]", "-");

  /* Of another CHILD_SA, or of one that replaces it. */
  assert_joined ("net", "establishing CHILD_SA other{3}", CREATE_CHILD_SA, "-");
  assert_joined ("net", "establishing CHILD_SA net{3} reqid 1", CREATE_CHILD_SA, "-");
  assert_joined ("net", "establishing CHILD_SA network{3}", CREATE_CHILD_SA, "-");
  assert_joined ("net", "establishing CHILD_SA net{1}{3}", CREATE_CHILD_SA, "-");
  assert_joined ("net", "establishing CHILD_SA net{}", CREATE_CHILD_SA, "-");
  assert_joined ("net", "establishing CHILD_SA net{99999999999}", CREATE_CHILD_SA, "-");
  assert_joined (NULL, "establishing CHILD_SA net{3}", CREATE_CHILD_SA, "-");
  assert_read ("net", "IKE", "home",
               "CHILD_SA net{3} established with SPIs 1_i 2_o and TS 10.1.0.1/32", "-");
}

static void
names_that_look_like_lines (void)
{
  const char *name = "a[1] to b";

  assert_read ("net", "IKE", name, "initiating IKE_SA a[1] to b[7] to 192.0.2.2", IKE);
  assert_joined ("net{1}", "establishing CHILD_SA net{1}{3}", CREATE_CHILD_SA, CHILD);
}

static void
later_is_no_beginning (void)
{
  ViciControlTrail trail;
  g_autofree char *found = NULL;

  trail_init (&trail, "net");
  trail_add (&trail, "IKE", "home", "retransmit 1 of request with message ID 0");
  trail_add (&trail, "IKE", "home", "initiating IKE_SA home[7] to 192.0.2.2");
  found = take_down (&trail);
  g_assert_cmpstr (found, ==, "-");
  vici_control_trail_clear (&trail);
}

static void
child_of_ikev2 (void)
{
  const char *establishing = "establishing CHILD_SA net{3}";

  assert_joined ("net", establishing, CREATE_CHILD_SA, CHILD);
  /* It goes with the IKE_SA, which others have begun. */
  assert_joined ("net", establishing, "generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]", "-");
  assert_joined ("net", establishing, "generating INFORMATIONAL response 2 [ ]", "-");
}

/* Two who ask for the same: the first one's goes with the IKE_AUTH. */
static void
child_after_that_of_others (void)
{
  ViciControlTrail trail;
  g_autofree char *early = NULL;
  g_autofree char *found = NULL;

  trail_init (&trail, "net");
  trail_add (&trail, "ENC", "home", "parsed IKE_SA_INIT response 0 [ SA KE No ]");
  trail_add (&trail, "IKE", "home", "establishing CHILD_SA net{1}");
  trail_add (&trail, "ENC", "home", "generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]");
  trail_add (&trail, "ENC", "home", "generating CREATE_CHILD_SA request 2 [ SA No KE ]");
  early = take_down (&trail);
  g_assert_cmpstr (early, ==, "-");
  trail_add (&trail, "IKE", "home", "establishing CHILD_SA net{3}");
  trail_add (&trail, "ENC", "home", CREATE_CHILD_SA);
  found = take_down (&trail);
  g_assert_cmpstr (found, ==, CHILD);
  vici_control_trail_clear (&trail);
}

static void
child_of_others_of_ikev1 (void)
{
  ViciControlTrail trail;
  g_autofree char *found = NULL;

  trail_init (&trail, "net");
  trail_add (&trail, "ENC", "home", "parsed ID_PROT response 0 [ ID HASH ]");
  trail_add (&trail, "ENC", "home", "generating QUICK_MODE request 1848451393 [ HASH SA ]");
  trail_add (&trail, "IKE", "home", "CHILD_SA net{3} established with SPIs 1_i 2_o and TS a === b");
  found = take_down (&trail);
  g_assert_cmpstr (found, ==, "-");
  vici_control_trail_clear (&trail);
}

static void
child_of_ikev1 (void)
{
  ViciControlTrail trail;
  g_autofree char *found = NULL;

  trail_init (&trail, "net");
  trail_add (&trail, "ENC", "home", "generating QUICK_MODE request 1848451393 [ HASH SA ]");
  trail_add (&trail, "IKE", "home", "CHILD_SA net{3} established with SPIs 1_i 2_o and TS a === b");
  found = take_down (&trail);
  g_assert_cmpstr (found, ==, CHILD);
  vici_control_trail_clear (&trail);
}

/* -- Recorded logs -- */

static void
add_recorded (ViciControlTrail *trail,
              const char       *version,
              const char       *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "daemon", "data", "failures",
                                                 version, name, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", 6);

      if (g_strv_length (fields) == 6 && g_str_equal (fields[0], "log"))
        {
          g_autoptr (ViciMessage) event =
            line_new (fields[1], fields[2], fields[3], fields[4], fields[5]);

          vici_control_trail_add (trail, event);
        }
    }
}

static void
recorded_logs (void)
{
  static const struct
  {
    const char *name;
    const char *child;
    const char *terminate;
  } cases[] = {
    { "established.log", "net", "{ike-id=1 force=yes timeout=-1}" },
    { "established-ikev1.log", "net", "{ike-id=1 force=yes timeout=-1}" },
    { "wrong-secret-aggressive.log", "net", "{ike-id=1 force=yes timeout=-1}" },
    { "asleep.log", "net", "{ike-id=1 force=yes timeout=-1}" },
    { "established-at-second-try.log", "net", "{ike-id=1 force=yes timeout=-1}" },
    /* The IKE_SA was there. */
    { "no-child-proposal-later.log", "second", "{child-id=1 timeout=-1}" },
    /* It comes to no beginning. */
    { "no-peer-address.log", "net", "-" },
    { "limit.log", "net", "-" },
    { "no-child-config.log", "net", "-" },
  };
  const char *versions[] = { "5.9.8", "6.0.6" };

  for (guint v = 0; v < G_N_ELEMENTS (versions); v++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        ViciControlTrail trail;
        g_autofree char *found = NULL;

        g_test_message ("%s %s", versions[v], cases[i].name);
        trail_init (&trail, cases[i].child);
        add_recorded (&trail, versions[v], cases[i].name);
        found = take_down (&trail);
        g_assert_cmpstr (found, ==, cases[i].terminate);
        vici_control_trail_clear (&trail);
      }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/control/trail/beginnings", beginnings);
  g_test_add_func ("/control/trail/other-lines", other_lines);
  g_test_add_func ("/control/trail/names-that-look-like-lines", names_that_look_like_lines);
  g_test_add_func ("/control/trail/later-is-no-beginning", later_is_no_beginning);
  g_test_add_func ("/control/trail/child-of-ikev2", child_of_ikev2);
  g_test_add_func ("/control/trail/child-after-that-of-others", child_after_that_of_others);
  g_test_add_func ("/control/trail/child-of-ikev1", child_of_ikev1);
  g_test_add_func ("/control/trail/child-of-others-of-ikev1", child_of_others_of_ikev1);
  g_test_add_func ("/control/trail/recorded-logs", recorded_logs);

  return g_test_run ();
}
