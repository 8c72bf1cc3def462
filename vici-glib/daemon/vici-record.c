/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-record-values.h"

#include "vici-builder.h"
#include "vici-message-iter.h"
#include "vici-name-escape.h"

/**
 * SECTION:vici-record
 * @title: ViciRecord
 * @short_description: What a daemon says of one thing
 *
 * The base of all that a daemon lists or tells of: #ViciIkeSa, #ViciConn,
 * #ViciCert and so on. It never changes: what is listed anew is new records. Its
 * properties are read from the daemon's message when they are asked for; keys
 * that the library does not know are reached through
 * vici_record_get_message().
 *
 * Text that is not valid UTF-8, such as a name that a peer has sent in another
 * charset, has U+FFFD in place of what is none; the bytes as they came are in the
 * message.
 *
 * A list within a record belongs to the record, as all that it returns: it is shared
 * by all who ask for it, and not to be changed. The lists that commands return are
 * their caller's own.
 *
 * Numbers that the daemon did not say are 0. Times are seconds from when the
 * daemon spoke, and -1 when there is none. A property that is an enumeration has
 * a twin with the daemon's own word, for what the library does not know.
 *
 * Since: 1.0
 */

/**
 * ViciRecord:
 *
 * What a daemon says of one thing.
 *
 * Since: 1.0
 */

typedef struct
{
  ViciMessage *message;         /* NULL: not looked up yet, in @outer */
  char        *name;            /* set before the message; NULL: none */
  ViciMessage *outer;           /* its first section is the message; NULL: no need to look */
  gpointer    *values;          /* of fields that are more than a number; NULL: none yet */
} ViciRecordPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ViciRecord, vici_record, G_TYPE_OBJECT)

static const char * const no_items[] = { NULL };

static ViciRecordPrivate *
get_private (gpointer self)
{
  return vici_record_get_instance_private (self);
}

static gpointer
make_nothing (gpointer data)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  return vici_builder_end (builder, NULL);
}

/* Finds the record in what it came in. Most of a long list is never looked at. */
static ViciMessage *
look_up (ViciRecordPrivate *priv,
         char             **name)
{
  static GOnce nothing = G_ONCE_INIT;
  ViciMessageIter iter;

  /* One that somebody else has made says nothing, and is a record all the same. */
  if (priv->outer == NULL)
    return g_object_ref (g_once (&nothing, make_nothing, NULL));

  vici_message_iter_init (&iter, priv->outer);
  while (vici_message_iter_next (&iter) &&
         vici_message_iter_get_element (&iter) != VICI_ELEMENT_SECTION_START)
    vici_message_iter_skip (&iter);

  *name = vici_name_unescape (vici_message_iter_get_name (&iter));

  return vici_message_iter_dup_section (&iter);
}

static ViciMessage *
get_message (gpointer self)
{
  static GMutex mutex;
  ViciRecordPrivate *priv = get_private (self);
  ViciMessage *message = g_atomic_pointer_get (&priv->message);

  if (message != NULL)
    return message;

  g_mutex_lock (&mutex);
  message = priv->message;
  if (message == NULL)
    {
      message = look_up (priv, &priv->name);
      g_atomic_pointer_set (&priv->message, message);
    }
  g_mutex_unlock (&mutex);

  return message;
}

static const ViciField *
get_field (gpointer self,
           guint    field)
{
  return &VICI_RECORD_GET_CLASS (self)->fields[field];
}

/**
 * vici_record_get_message:
 * @self: a record
 *
 * What the daemon has said, with all its keys.
 *
 * Returns: (transfer none): the content of its section
 *
 * Since: 1.0
 */
ViciMessage *
vici_record_get_message (ViciRecord *self)
{
  g_return_val_if_fail (VICI_IS_RECORD (self), NULL);

  return get_message (self);
}

/* -- Values -- */

static gpointer *
get_values (gpointer self)
{
  ViciRecordPrivate *priv = get_private (self);
  gpointer *values = g_atomic_pointer_get (&priv->values);
  gpointer *made;

  if (values != NULL)
    return values;

  made = g_new0 (gpointer, VICI_RECORD_GET_CLASS (self)->n_fields);
  if (g_atomic_pointer_compare_and_exchange (&priv->values, NULL, made))
    return made;

  g_free (made);

  return g_atomic_pointer_get (&priv->values);
}

/* Read once. A record never changes, and may be looked at from several threads. */
static gpointer
get_value (gpointer self,
           guint    number)
{
  const ViciField *field = get_field (self, number);
  gpointer *values = get_values (self);
  gpointer value = g_atomic_pointer_get (&values[number]);

  if (value != NULL)
    return value;

  value = vici_field_read (field, get_message (self));
  if (value == NULL || g_atomic_pointer_compare_and_exchange (&values[number], NULL, value))
    return value;

  vici_field_free (field, value);

  return g_atomic_pointer_get (&values[number]);
}

const char *
vici_record_get_string (gpointer self,
                        guint    field)
{
  if (get_field (self, field)->kind == VICI_FIELD_NAME)
    {
      get_message (self);
      return get_private (self)->name;
    }

  return get_value (self, field);
}

const char * const *
vici_record_get_strv (gpointer self,
                      guint    field)
{
  const char * const *items = get_value (self, field);

  return items ? items : no_items;
}

gpointer
vici_record_get_boxed (gpointer self,
                       guint    field)
{
  return get_value (self, field);
}

gpointer
vici_record_get_object (gpointer self,
                        guint    field)
{
  return get_value (self, field);
}

gboolean
vici_record_get_boolean (gpointer self,
                         guint    field)
{
  return vici_field_read_boolean (get_field (self, field), get_message (self));
}

guint64
vici_record_get_uint64 (gpointer self,
                        guint    field)
{
  return vici_field_read_uint64 (get_field (self, field), get_message (self));
}

gint64
vici_record_get_seconds (gpointer self,
                         guint    field)
{
  return vici_field_read_seconds (get_field (self, field), get_message (self));
}

int
vici_record_get_enum (gpointer self,
                      guint    field)
{
  return vici_field_read_enum (get_field (self, field), get_message (self));
}

/* -- The class -- */

static void
vici_record_get_property (GObject    *object,
                          guint       property_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  guint field = property_id - 1;

  switch (get_field (object, field)->kind)
    {
    case VICI_FIELD_NAME:
    case VICI_FIELD_STRING:
    case VICI_FIELD_ESCAPED:
      g_value_set_string (value, vici_record_get_string (object, field));
      break;

    case VICI_FIELD_STRINGS:
    case VICI_FIELD_NUMBERED:
      g_value_set_boxed (value, vici_record_get_strv (object, field));
      break;

    case VICI_FIELD_BYTES:
      g_value_set_boxed (value, vici_record_get_boxed (object, field));
      break;

    case VICI_FIELD_BOOLEAN:
      g_value_set_boolean (value, vici_record_get_boolean (object, field));
      break;

    case VICI_FIELD_UINT:
      g_value_set_uint (value, vici_record_get_uint64 (object, field));
      break;

    case VICI_FIELD_UINT64:
    case VICI_FIELD_HEX:
      g_value_set_uint64 (value, vici_record_get_uint64 (object, field));
      break;

    case VICI_FIELD_SECONDS:
      g_value_set_int64 (value, vici_record_get_seconds (object, field));
      break;

    case VICI_FIELD_ENUM:
      g_value_set_enum (value, vici_record_get_enum (object, field));
      break;

    case VICI_FIELD_RECORD:
    case VICI_FIELD_RECORDS:
      g_value_set_object (value, vici_record_get_object (object, field));
      break;

    case VICI_FIELD_CUSTOM:
      if (G_VALUE_HOLDS_OBJECT (value))
        g_value_set_object (value, vici_record_get_object (object, field));
      else
        g_value_set_boxed (value, vici_record_get_boxed (object, field));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static GParamSpec *
make_pspec (const ViciField *field)
{
  const char *name = field->property;
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GType type;

  switch (field->kind)
    {
    case VICI_FIELD_NAME:
    case VICI_FIELD_STRING:
    case VICI_FIELD_ESCAPED:
      return g_param_spec_string (name, NULL, NULL, NULL, flags);

    case VICI_FIELD_STRINGS:
    case VICI_FIELD_NUMBERED:
      return g_param_spec_boxed (name, NULL, NULL, G_TYPE_STRV, flags);

    case VICI_FIELD_BYTES:
      return g_param_spec_boxed (name, NULL, NULL, G_TYPE_BYTES, flags);

    case VICI_FIELD_BOOLEAN:
      return g_param_spec_boolean (name, NULL, NULL, FALSE, flags);

    case VICI_FIELD_UINT:
      return g_param_spec_uint (name, NULL, NULL, 0, G_MAXUINT, 0, flags);

    case VICI_FIELD_UINT64:
    case VICI_FIELD_HEX:
      return g_param_spec_uint64 (name, NULL, NULL, 0, G_MAXUINT64, 0, flags);

    case VICI_FIELD_SECONDS:
      return g_param_spec_int64 (name, NULL, NULL, -1, G_MAXINT64, -1, flags);

    case VICI_FIELD_ENUM:
      return g_param_spec_enum (name, NULL, NULL, field->get_type (), 0, flags);

    case VICI_FIELD_RECORD:
      return g_param_spec_object (name, NULL, NULL, field->get_type (), flags);

    case VICI_FIELD_RECORDS:
      return g_param_spec_object (name, NULL, NULL, G_TYPE_LIST_MODEL, flags);

    case VICI_FIELD_CUSTOM:
    default:
      type = field->get_type ();
      return g_type_is_a (type, G_TYPE_OBJECT) ? g_param_spec_object (name, NULL, NULL, type, flags)
                                               : g_param_spec_boxed (name, NULL, NULL, type, flags);
    }
}

void
vici_record_class_install (ViciRecordClass *klass,
                           const ViciField *fields,
                           guint            n_fields)
{
  klass->fields = fields;
  klass->n_fields = n_fields;

  /* GObject lets no class inherit it. */
  G_OBJECT_CLASS (klass)->get_property = vici_record_get_property;

  for (guint i = 0; i < n_fields; i++)
    g_object_class_install_property (G_OBJECT_CLASS (klass), i + 1, make_pspec (&fields[i]));
}

gpointer
vici_record_new (GType        type,
                 const char  *name,
                 ViciMessage *message)
{
  gpointer self = g_object_new (type, NULL);
  ViciRecordPrivate *priv = get_private (self);

  priv->name = name ? vici_name_unescape (name) : NULL;
  g_set_object (&priv->message, message);

  return self;
}

/* That of the message's first section. */
static gpointer
vici_record_new_in (GType        type,
                    ViciMessage *outer)
{
  gpointer self = g_object_new (type, NULL);

  get_private (self)->outer = g_object_ref (outer);

  return self;
}

static void
vici_record_finalize (GObject *object)
{
  ViciRecordPrivate *priv = get_private (object);

  for (guint i = 0; priv->values != NULL && i < VICI_RECORD_GET_CLASS (object)->n_fields; i++)
    {
      if (priv->values[i] != NULL)
        vici_field_free (get_field (object, i), priv->values[i]);
    }

  g_free (priv->values);
  g_free (priv->name);
  g_clear_object (&priv->message);
  g_clear_object (&priv->outer);

  G_OBJECT_CLASS (vici_record_parent_class)->finalize (object);
}

static void
vici_record_class_init (ViciRecordClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = vici_record_finalize;
}

static void
vici_record_init (ViciRecord *self)
{
}

/* -- Lists -- */

/* Daemons tell of most things in an event with one section for each: that one can
 * be found again in no time. */
static gpointer
new_at (GType            type,
        ViciMessageIter *iter,
        ViciMessage     *message,
        gboolean         first)
{
  g_autoptr (ViciMessage) section = NULL;

  if (first)
    return vici_record_new_in (type, message);

  section = vici_message_iter_dup_section (iter);

  return vici_record_new (type, vici_message_iter_get_name (iter), section);
}

void
vici_records_add (GPtrArray   *records,
                  GType        type,
                  ViciMessage *message,
                  const char  *names)
{
  ViciMessageIter iter;
  gboolean first = TRUE;

  vici_message_iter_init (&iter, message);
  while (vici_message_iter_next (&iter))
    {
      if (vici_message_iter_get_element (&iter) == VICI_ELEMENT_SECTION_START)
        {
          if (g_str_has_prefix (vici_message_iter_get_name (&iter), names))
            g_ptr_array_add (records, new_at (type, &iter, message, first));
          first = FALSE;
        }

      vici_message_iter_skip (&iter);
    }
}

GListModel *
vici_records_list (GPtrArray *records,
                   GType      type)
{
  GListStore *list = g_list_store_new (type);

  g_list_store_splice (list, 0, 0, records->pdata, records->len);
  g_ptr_array_set_size (records, 0);

  return G_LIST_MODEL (list);
}
