/*
 * accounts.h - whom the quotas of an installation are of
 */
#ifndef PROVIDER_ACCOUNTS_H
#define PROVIDER_ACCOUNTS_H

#include "provider/provider.h"

/* Fill the accounts and quotas of @p; -1: out of memory.  */
int provider_take_accounts(struct provider *p);

#endif /* PROVIDER_ACCOUNTS_H */
