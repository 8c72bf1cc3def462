/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <adwaita.h>

#include "applet-profile.h"

G_BEGIN_DECLS

/* The rows of the editor, which are known by the names that they have in its template,
 * and what is wrong with each, which is shown below it. */
#define APPLET_TYPE_EDITOR_FORM (applet_editor_form_get_type ())

G_DECLARE_FINAL_TYPE (AppletEditorForm, applet_editor_form, APPLET, EDITOR_FORM, GObject)

/* For the class of the editor: the rows are children in its template. */
void              applet_editor_form_bind        (GtkWidgetClass   *editor_class);

/* @error_label: shows what is wrong with no row that can be seen */
AppletEditorForm *applet_editor_form_new         (GtkWidget        *editor,
                                                  GtkLabel         *error_label);

/* The rows show it from now on, and change it. */
void              applet_editor_form_set_profile (AppletEditorForm *self,
                                                  AppletProfile    *profile);
void              applet_editor_form_disable     (AppletEditorForm *self);

GtkWidget        *applet_editor_form_get_row     (AppletEditorForm *self,
                                                  const char       *name);
const char       *applet_editor_form_get_text    (AppletEditorForm *self,
                                                  const char       *name);

/* @name: (nullable): of the row that it is wrong with */
void              applet_editor_form_show_error  (AppletEditorForm *self,
                                                  const char       *name,
                                                  const char       *text);
void              applet_editor_form_hide_errors (AppletEditorForm *self);

/* Shows what is wrong with the profile, in place of what was shown before. */
void              applet_editor_form_check       (AppletEditorForm *self);

/* Moves the focus to the first row that something is wrong with. Returns: whether there
 * is one */
gboolean          applet_editor_form_focus_error (AppletEditorForm *self);

G_END_DECLS
