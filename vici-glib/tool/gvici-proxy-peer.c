/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-proxy-peer.h"

#include <gio/gunixconnection.h>
#include <glib/gi18n.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>

#define FINGERPRINT_PREFIX "sha256:"
#define FINGERPRINT_DIGITS 64

struct _GviciPeer
{
  char    *text;
  char    *user;
  gboolean is_local;            /* and has an uid and groups */
  uid_t    uid;
  GArray  *gids;                /* gid_t: its own, and those that it is in besides */
  char    *subject;             /* of its certificate; NULL: it has shown none that is trusted */
  char    *fingerprint;         /* as hexadecimal digits */
};

/* -- A process at the other end -- */

static void
read_groups (GviciPeer *self,
             int        fd)
{
  socklen_t length = 0;

  /* The first call says how much there is. */
  if (getsockopt (fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &length) == 0 || length == 0)
    return;

  {
    g_autofree gid_t *gids = g_malloc (length);

    if (getsockopt (fd, SOL_SOCKET, SO_PEERGROUPS, gids, &length) == 0)
      g_array_append_vals (self->gids, gids, length / sizeof (gid_t));
  }
}

/* Where names come from a directory service, looking one up takes its time: once
 * for each user. */
static const char *
look_up_user (uid_t uid)
{
  static GHashTable *names;
  const char *name;

  if (names == NULL)
    names = g_hash_table_new_full (NULL, NULL, NULL, g_free);

  name = g_hash_table_lookup (names, GUINT_TO_POINTER (uid));
  if (name == NULL)
    {
      struct passwd *entry = getpwuid (uid);

      g_hash_table_insert (names, GUINT_TO_POINTER (uid), g_strdup (entry ? entry->pw_name : "?"));
      name = g_hash_table_lookup (names, GUINT_TO_POINTER (uid));
    }

  return name;
}

static void
read_credentials (GviciPeer *self,
                  GSocket   *socket)
{
  g_autoptr (GCredentials) credentials = g_socket_get_credentials (socket, NULL);
  struct ucred *ucred;

  if (credentials == NULL)
    return;

  ucred = g_credentials_get_native (credentials, G_CREDENTIALS_TYPE_LINUX_UCRED);
  self->is_local = TRUE;
  self->uid = ucred->uid;
  g_array_append_val (self->gids, ucred->gid);
  read_groups (self, g_socket_get_fd (socket));

  self->user = g_strdup_printf ("uid %u (%s)", (guint) ucred->uid, look_up_user (ucred->uid));
  self->text = g_strdup_printf ("pid %d, uid %u (%s), gid %u", (int) ucred->pid,
                                (guint) ucred->uid, look_up_user (ucred->uid), (guint) ucred->gid);
}

/* -- A certificate -- */

static void
read_certificate (GviciPeer      *self,
                  GTlsConnection *tls)
{
  GTlsCertificate *certificate = g_tls_connection_get_peer_certificate (tls);
  g_autoptr (GByteArray) der = NULL;

  if (certificate == NULL)
    return;

  g_object_get (certificate, "certificate", &der, NULL);
  self->fingerprint = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);

  /* A name is worth what its signature is. */
  if (g_tls_connection_get_peer_certificate_errors (tls) == 0)
    self->subject = g_tls_certificate_get_subject_name (certificate);

  self->user = g_strconcat (FINGERPRINT_PREFIX, self->fingerprint, NULL);
  self->text = g_strdup_printf (FINGERPRINT_PREFIX "%s, “%s”", self->fingerprint,
                                self->subject ? self->subject : "");
}

/* -- An address -- */

static void
read_address (GviciPeer         *self,
              GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) address = g_socket_connection_get_remote_address (connection, NULL);

  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return;

  self->user = g_inet_address_to_string (
    g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  self->text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}

GviciPeer *
gvici_peer_new (GIOStream *stream)
{
  GviciPeer *self = g_new0 (GviciPeer, 1);
  g_autoptr (GIOStream) base = g_object_ref (stream);

  self->gids = g_array_new (FALSE, FALSE, sizeof (gid_t));

  if (G_IS_TLS_CONNECTION (stream))
    {
      read_certificate (self, G_TLS_CONNECTION (stream));
      g_clear_object (&base);
      g_object_get (stream, "base-io-stream", &base, NULL);
    }
  else if (G_IS_UNIX_CONNECTION (stream))
    {
      read_credentials (self, g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)));
    }

  if (self->text == NULL && G_IS_SOCKET_CONNECTION (base))
    read_address (self, G_SOCKET_CONNECTION (base));

  if (self->text == NULL)
    {
      self->user = g_strdup (_("unknown"));
      self->text = g_strdup (self->user);
    }

  return self;
}

void
gvici_peer_free (GviciPeer *self)
{
  g_array_unref (self->gids);
  g_free (self->text);
  g_free (self->user);
  g_free (self->subject);
  g_free (self->fingerprint);
  g_free (self);
}

const char *
gvici_peer_describe (GviciPeer *self)
{
  return self->text;
}

const char *
gvici_peer_get_user (GviciPeer *self)
{
  return self->user;
}

/* -- Rules -- */

typedef gboolean (*SetFunc) (GviciPeerRule *self,
                             const char    *value);
typedef gboolean (*MatchesFunc) (const GviciPeerRule *self,
                                 const GviciPeer     *peer);

struct _GviciPeerRule
{
  MatchesFunc matches;
  guint       id;
  char       *text;
};

static gboolean
matches_uid (const GviciPeerRule *self,
             const GviciPeer     *peer)
{
  return peer->is_local && peer->uid == self->id;
}

static gboolean
matches_gid (const GviciPeerRule *self,
             const GviciPeer     *peer)
{
  for (guint i = 0; i < peer->gids->len; i++)
    {
      if (g_array_index (peer->gids, gid_t, i) == self->id)
        return TRUE;
    }

  return FALSE;
}

static gboolean
matches_subject (const GviciPeerRule *self,
                 const GviciPeer     *peer)
{
  return g_strcmp0 (peer->subject, self->text) == 0;
}

/* Takes as long whatever the difference is. */
static gboolean
matches_fingerprint (const GviciPeerRule *self,
                     const GviciPeer     *peer)
{
  guint difference = 0;

  if (peer->fingerprint == NULL)
    return FALSE;

  for (gsize i = 0; i < FINGERPRINT_DIGITS; i++)
    difference |= (guint) (peer->fingerprint[i] ^ self->text[i]);

  return difference == 0;
}

static gboolean
set_number (GviciPeerRule *self,
            const char    *value)
{
  guint64 number;

  /* The largest one stands for no user and no group. */
  if (!g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT32 - 1, &number, NULL))
    return FALSE;

  self->id = (guint) number;

  return TRUE;
}

static gboolean
set_user (GviciPeerRule *self,
          const char    *value)
{
  struct passwd *entry = getpwnam (value);

  self->id = entry != NULL ? entry->pw_uid : 0;

  return entry != NULL;
}

static gboolean
set_group (GviciPeerRule *self,
           const char    *value)
{
  struct group *entry = getgrnam (value);

  self->id = entry != NULL ? entry->gr_gid : 0;

  return entry != NULL;
}

static gboolean
set_text (GviciPeerRule *self,
          const char    *value)
{
  self->text = g_strdup (value);

  return *value != '\0';
}

/* In either case, with or without the colons that tools put in. */
static gboolean
set_fingerprint (GviciPeerRule *self,
                 const char    *value)
{
  g_autoptr (GString) digits = g_string_new (NULL);

  if (!g_str_has_prefix (value, FINGERPRINT_PREFIX))
    return FALSE;

  for (value += strlen (FINGERPRINT_PREFIX); *value != '\0'; value++)
    {
      if (g_ascii_isxdigit (*value))
        g_string_append_c (digits, g_ascii_tolower (*value));
      else if (*value != ':')
        return FALSE;
    }

  self->text = g_strdup (digits->str);

  return digits->len == FINGERPRINT_DIGITS;
}

static const struct
{
  const char *key;
  SetFunc     set;
  MatchesFunc matches;
} kinds[] = {
  { "uid=", set_number, matches_uid },
  { "user=", set_user, matches_uid },
  { "gid=", set_number, matches_gid },
  { "group=", set_group, matches_gid },
  { "subject=", set_text, matches_subject },
  { "fingerprint=", set_fingerprint, matches_fingerprint },
};

GviciPeerRule *
gvici_peer_rule_new (const char *text,
                     GError    **error)
{
  g_autoptr (GviciPeerRule) self = g_new0 (GviciPeerRule, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (!g_str_has_prefix (text, kinds[i].key))
        continue;

      self->matches = kinds[i].matches;
      if (kinds[i].set (self, text + strlen (kinds[i].key)))
        return g_steal_pointer (&self);

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("“%s” names nobody: there is no such user or group, or it is not written so"),
                   text);
      return NULL;
    }

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("“%s” says not who is let in: it should begin with uid=, user=, gid=, group=, "
                 "subject= or fingerprint=sha256:"),
               text);

  return NULL;
}

void
gvici_peer_rule_free (GviciPeerRule *self)
{
  g_free (self->text);
  g_free (self);
}

gboolean
gvici_peer_rule_matches (const GviciPeerRule *self,
                         const GviciPeer     *peer)
{
  return self->matches (self, peer);
}
