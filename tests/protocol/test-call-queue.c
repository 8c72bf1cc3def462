/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-call-queue.h"

static ViciCall *
call_new (const char *name)
{
  return vici_call_new (VICI_CALL_COMMAND, name, NULL, NULL, NULL, NULL);
}

static void
assert_pops (ViciCallQueue *queue,
             const char    *name)
{
  ViciCall *call = vici_call_queue_pop (queue);

  g_assert_nonnull (call);
  g_assert_cmpstr (call->name, ==, name);
  vici_call_unref (call);
}

static void
assert_takes (ViciCallQueue *queue,
              guint64        id,
              const char    *name)
{
  ViciCall *call = vici_call_queue_take (queue, id);

  g_assert_cmpstr (call->name, ==, name);
  vici_call_unref (call);
}

static void
test_order (void)
{
  ViciCallQueue queue;

  vici_call_queue_init (&queue);
  g_assert_null (vici_call_queue_pop (&queue));
  g_assert_null (vici_call_queue_next (&queue));
  g_assert_null (vici_call_queue_first_sent (&queue));
  g_assert_null (vici_call_queue_lookup (&queue, 0));
  g_assert_null (vici_call_queue_lookup (&queue, 1));

  g_assert_cmpuint (vici_call_queue_push (&queue, call_new ("a")), ==, 1);
  g_assert_cmpuint (vici_call_queue_push (&queue, call_new ("b")), ==, 2);
  g_assert_cmpstr (vici_call_queue_next (&queue)->name, ==, "a");
  g_assert_null (vici_call_queue_first_sent (&queue));
  g_assert_false (vici_call_queue_was_sent (&queue, 1));

  vici_call_queue_mark_sent (&queue);
  g_assert_true (vici_call_queue_was_sent (&queue, 1));
  g_assert_false (vici_call_queue_was_sent (&queue, 2));
  g_assert_cmpstr (vici_call_queue_first_sent (&queue)->name, ==, "a");
  g_assert_cmpstr (vici_call_queue_next (&queue)->name, ==, "b");

  assert_pops (&queue, "a");
  g_assert_null (vici_call_queue_lookup (&queue, 1));
  g_assert_cmpstr (vici_call_queue_lookup (&queue, 2)->name, ==, "b");
  assert_pops (&queue, "b");
  g_assert_cmpuint (vici_call_queue_push (&queue, call_new ("c")), ==, 3);
  vici_call_queue_clear (&queue);
}

static void
test_empty_slots (void)
{
  ViciCallQueue queue;

  vici_call_queue_init (&queue);
  for (char c = 'a'; c <= 'f'; c++)
    vici_call_queue_push (&queue, call_new ((char[]) { c, '\0' }));
  assert_takes (&queue, 1, "a");
  assert_takes (&queue, 2, "b");
  assert_takes (&queue, 4, "d");
  assert_takes (&queue, 6, "f");
  g_assert_null (vici_call_queue_lookup (&queue, 2));

  g_assert_cmpstr (vici_call_queue_next (&queue)->name, ==, "c");
  vici_call_queue_mark_sent (&queue);
  g_assert_cmpstr (vici_call_queue_next (&queue)->name, ==, "e");
  vici_call_queue_mark_sent (&queue);
  g_assert_null (vici_call_queue_next (&queue));

  g_assert_cmpstr (vici_call_queue_first_sent (&queue)->name, ==, "c");
  assert_pops (&queue, "c");
  g_assert_cmpstr (vici_call_queue_first_sent (&queue)->name, ==, "e");
  assert_pops (&queue, "e");
  g_assert_null (vici_call_queue_first_sent (&queue));
  g_assert_null (vici_call_queue_pop (&queue));
  g_assert_cmpuint (vici_call_queue_push (&queue, call_new ("g")), ==, 7);
  g_assert_cmpstr (vici_call_queue_next (&queue)->name, ==, "g");
  vici_call_queue_clear (&queue);
}

/* Against a plain list, with the ring growing and going round. */
static void
test_any_sequence (void)
{
  ViciCallQueue queue;
  g_autoptr (GQueue) model = g_queue_new ();
  guint64 last = 0, first = 1;

  vici_call_queue_init (&queue);
  for (guint i = 0; i < 20000; i++)
    {
      guint64 id = g_test_rand_int_range (1, (int) last + 3);
      ViciCall *call;

      switch (g_test_rand_int_range (0, 5))
        {
        case 0:
        case 1:
          call = call_new ("x");
          last = vici_call_queue_push (&queue, call);
          g_queue_push_tail (model, call);
          break;

        case 2:
          call = vici_call_queue_next (&queue);
          if (call != NULL)
            vici_call_queue_mark_sent (&queue);
          break;

        case 3:
          call = vici_call_queue_pop (&queue);
          g_assert_true (call == g_queue_pop_head (model));
          if (call != NULL)
            vici_call_unref (call);
          first = queue.head_id;
          break;

        default:
          call = vici_call_queue_lookup (&queue, id);
          g_assert_true (call == NULL || (id >= first && id <= last));
          if (call != NULL && !vici_call_queue_was_sent (&queue, id))
            {
              g_assert_true (g_queue_remove (model, call));
              g_assert_true (vici_call_queue_take (&queue, id) == call);
              vici_call_unref (call);
            }
        }

      call = vici_call_queue_first_sent (&queue);
      if (call != NULL)
        g_assert_true (call == g_queue_peek_head (model));
    }
  vici_call_queue_clear (&queue);
}

static void
count (gpointer counter)
{
  ++*(guint *) counter;
}

static void
test_abandoned (void)
{
  guint counter = 0;
  ViciCall *call = vici_call_new (VICI_CALL_COMMAND, "a", NULL, NULL, &counter, count);

  vici_call_abandon (call);
  g_assert_cmpuint (counter, ==, 1);
  vici_call_abandon (call);
  vici_call_unref (vici_call_ref (call));
  vici_call_unref (call);
  g_assert_cmpuint (counter, ==, 1);

  vici_call_unref (vici_call_new (VICI_CALL_COMMAND, "a", NULL, NULL, &counter, count));
  g_assert_cmpuint (counter, ==, 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/call-queue/keeps-order-and-numbers", test_order);
  g_test_add_func ("/call-queue/empty-slots-are-passed-over", test_empty_slots);
  g_test_add_func ("/call-queue/any-sequence-is-a-queue", test_any_sequence);
  g_test_add_func ("/call-queue/abandoned-call-is-freed-once", test_abandoned);

  return g_test_run ();
}
