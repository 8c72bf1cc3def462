/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-tally.h"

void
vici_tally_replace (ViciTally       *self,
                    const ViciTally *before,
                    const ViciTally *now)
{
  self->ike_sas_up += now->ike_sas_up - before->ike_sas_up;
  self->ike_sas_coming += now->ike_sas_coming - before->ike_sas_coming;
  self->child_sas_up += now->child_sas_up - before->child_sas_up;
  self->child_sas_coming += now->child_sas_coming - before->child_sas_coming;
  self->child_sas_passing += now->child_sas_passing - before->child_sas_passing;
  self->bytes_in += now->bytes_in - before->bytes_in;
  self->bytes_out += now->bytes_out - before->bytes_out;
  self->rate_in += now->rate_in - before->rate_in;
  self->rate_out += now->rate_out - before->rate_out;
}
