/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the daemon tells of itself. */

#include "sim-parts.h"

#include <sys/utsname.h>

static void
version (Sim            *sim,
         ViciInvocation *invocation)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  struct utsname host;

  uname (&host);
  vici_builder_add_string (builder, "daemon", "charon");
  vici_builder_add_string (builder, "version", sim->version);
  vici_builder_add_string (builder, "sysname", host.sysname);
  vici_builder_add_string (builder, "release", host.release);
  vici_builder_add_string (builder, "machine", host.machine);

  sim_return (invocation, builder);
}

static void
reload_settings (Sim            *sim,
                 ViciInvocation *invocation)
{
  vici_invocation_return_success (invocation);
}

/* -- stats -- */

static char *
print_uptime (double seconds)
{
  guint64 whole = (guint64) seconds;

  if (whole < 120)
    return g_strdup_printf ("%u second%s", (guint) whole, whole == 1 ? "" : "s");
  if (whole < 2 * 60 * 60)
    return g_strdup_printf ("%u minutes", (guint) (whole / 60));

  return g_strdup_printf ("%u hours", (guint) (whole / 60 / 60));
}

static void
add_priorities (ViciBuilder *builder,
                const char  *name,
                guint        critical,
                guint        medium)
{
  vici_builder_begin_section (builder, name);
  vici_builder_add_uint64 (builder, "critical", critical);
  vici_builder_add_uint64 (builder, "high", 0);
  vici_builder_add_uint64 (builder, "medium", medium);
  vici_builder_add_uint64 (builder, "low", 0);
  vici_builder_end_section (builder);
}

static void
add_uptime (Sim         *sim,
            ViciBuilder *builder)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) start = g_date_time_add_seconds (now, -sim_now (sim));
  g_autofree char *running = print_uptime (sim_now (sim));
  g_autofree char *since = g_date_time_format (start, "%b %d %H:%M:%S %Y");

  vici_builder_begin_section (builder, "uptime");
  vici_builder_add_string (builder, "running", running);
  vici_builder_add_string (builder, "since", since);
  vici_builder_end_section (builder);
}

static void
stats (Sim            *sim,
       ViciInvocation *invocation)
{
  static const char * const plugins[] = { "charon", "sim", "vici", "counters", NULL };
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  add_uptime (sim, builder);

  vici_builder_begin_section (builder, "workers");
  vici_builder_add_uint64 (builder, "total", 16);
  vici_builder_add_uint64 (builder, "idle", 11);
  add_priorities (builder, "active", 4, 1);
  vici_builder_end_section (builder);
  add_priorities (builder, "queues", 0, 0);
  vici_builder_add_uint64 (builder, "scheduled", sim_sas_count (sim->sas, FALSE));

  vici_builder_begin_section (builder, "ikesas");
  vici_builder_add_uint64 (builder, "total", sim_sas_count (sim->sas, FALSE));
  vici_builder_add_uint64 (builder, "half-open", sim_sas_count (sim->sas, TRUE));
  vici_builder_end_section (builder);

  vici_builder_add_strv (builder, "plugins", plugins);

  vici_builder_begin_section (builder, "mallinfo");
  vici_builder_add_uint64 (builder, "sbrk", 2568192);
  vici_builder_add_uint64 (builder, "mmap", 0);
  vici_builder_add_uint64 (builder, "used", 498400);
  vici_builder_add_uint64 (builder, "free", 2069792);
  vici_builder_end_section (builder);

  sim_return (invocation, builder);
}

/* -- get-algorithms -- */

static const struct
{
  const char *kind;
  const char *names;
} algorithms[] = {
  { "encryption", "AES_CBC AES_CTR AES_ECB CAMELLIA_CBC 3DES_CBC NULL" },
  { "integrity", "HMAC_MD5_96 HMAC_SHA1_96 HMAC_SHA2_256_128 HMAC_SHA2_384_192 HMAC_SHA2_512_256 "
                 "AES_XCBC_96 AES_CMAC_96" },
  { "aead", "AES_GCM_16 AES_GCM_12 AES_GCM_8 AES_CCM_16 AES_CCM_8 CHACHA20_POLY1305" },
  { "hasher", "HASH_MD5 HASH_SHA1 HASH_SHA2_224 HASH_SHA2_256 HASH_SHA2_384 HASH_SHA2_512 HASH_IDENTITY" },
  { "prf", "PRF_HMAC_MD5 PRF_HMAC_SHA1 PRF_HMAC_SHA2_256 PRF_HMAC_SHA2_384 PRF_HMAC_SHA2_512 "
           "PRF_AES128_XCBC PRF_AES128_CMAC" },
  { "xof", "XOF_SHAKE128 XOF_SHAKE256" },
  { "kdf", "KDF_PRF KDF_PRF_PLUS" },
  { "drbg", "" },
  { "ke", "MODP_2048 MODP_3072 MODP_4096 MODP_6144 MODP_8192 MODP_1536 MODP_1024 MODP_768 "
          "CURVE_25519 CURVE_448 ECP_256 ECP_384 ECP_521 ECP_224 ECP_192" },
  { "rng", "RNG_WEAK RNG_STRONG RNG_TRUE" },
  { "nonce-gen", "NONCE_GEN" },
};

static void
get_algorithms (Sim            *sim,
                ViciInvocation *invocation)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      const char *kind = algorithms[i].kind;
      g_auto (GStrv) each = g_strsplit (algorithms[i].names, " ", -1);

      if (g_str_equal (kind, "ke") && !sim_is_since (sim, 6, 0, 0))
        kind = "dh";
      vici_builder_begin_section (builder, kind);
      for (gsize j = 0; each[j] != NULL; j++)
        vici_builder_add_string (builder, each[j], "sim");
      vici_builder_end_section (builder);
    }

  sim_return (invocation, builder);
}

void
sim_info_add (Sim *sim)
{
  static const SimCommand commands[] = {
    { "version", version },
    { "stats", stats },
    { "get-algorithms", get_algorithms },
    { "reload-settings", reload_settings },
  };

  sim_add_commands (sim, commands, G_N_ELEMENTS (commands));
}
