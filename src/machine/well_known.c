/*
 * well_known.c - the accounts whose SIDs are the same in every Windows
 *
 * Their names are those of an English Windows; another one translates most of
 * them.  What a registry says of the groups goes before this.
 *
 * Source: [MS-DTYP] 2.4.2.4; Microsoft, "Security identifiers".
 */
#include "machine/well_known.h"

#include <stddef.h>
#include <string.h>

#define GROUP(SID, NAME) { SID, NAME, SID_TYPE_WELL_KNOWN_GROUP, NULL }
#define ALIAS(RID, NAME) { "S-1-5-32-" RID, NAME, SID_TYPE_ALIAS, NULL }

static const struct well_known accounts[] = {
	GROUP("S-1-0-0", "NULL SID"),
	GROUP("S-1-1-0", "Everyone"),
	GROUP("S-1-2-0", "LOCAL"),
	GROUP("S-1-2-1", "CONSOLE LOGON"),
	GROUP("S-1-3-0", "CREATOR OWNER"),
	GROUP("S-1-3-1", "CREATOR GROUP"),
	GROUP("S-1-3-2", "CREATOR OWNER SERVER"),
	GROUP("S-1-3-3", "CREATOR GROUP SERVER"),
	GROUP("S-1-3-4", "OWNER RIGHTS"),
	GROUP("S-1-5-1", "DIALUP"),
	GROUP("S-1-5-2", "NETWORK"),
	GROUP("S-1-5-3", "BATCH"),
	GROUP("S-1-5-4", "INTERACTIVE"),
	GROUP("S-1-5-6", "SERVICE"),
	GROUP("S-1-5-7", "ANONYMOUS LOGON"),
	GROUP("S-1-5-8", "PROXY"),
	GROUP("S-1-5-9", "ENTERPRISE DOMAIN CONTROLLERS"),
	GROUP("S-1-5-10", "SELF"),
	GROUP("S-1-5-11", "Authenticated Users"),
	GROUP("S-1-5-12", "RESTRICTED"),
	GROUP("S-1-5-13", "TERMINAL SERVER USER"),
	GROUP("S-1-5-14", "REMOTE INTERACTIVE LOGON"),
	GROUP("S-1-5-15", "This Organization"),
	GROUP("S-1-5-17", "IUSR"),
	GROUP("S-1-5-18", "SYSTEM"),
	GROUP("S-1-5-19", "LOCAL SERVICE"),
	GROUP("S-1-5-20", "NETWORK SERVICE"),
	{ "S-1-5-32", "BUILTIN", SID_TYPE_DOMAIN, NULL },
	ALIAS("544", "Administrators"),
	ALIAS("545", "Users"),
	ALIAS("546", "Guests"),
	ALIAS("547", "Power Users"),
	ALIAS("548", "Account Operators"),
	ALIAS("549", "Server Operators"),
	ALIAS("550", "Print Operators"),
	ALIAS("551", "Backup Operators"),
	ALIAS("552", "Replicator"),
	ALIAS("554", "Pre-Windows 2000 Compatible Access"),
	ALIAS("555", "Remote Desktop Users"),
	ALIAS("556", "Network Configuration Operators"),
	ALIAS("557", "Incoming Forest Trust Builders"),
	ALIAS("558", "Performance Monitor Users"),
	ALIAS("559", "Performance Log Users"),
	ALIAS("560", "Windows Authorization Access Group"),
	ALIAS("561", "Terminal Server License Servers"),
	ALIAS("562", "Distributed COM Users"),
	ALIAS("568", "IIS_IUSRS"),
	ALIAS("569", "Cryptographic Operators"),
	ALIAS("573", "Event Log Readers"),
	ALIAS("574", "Certificate Service DCOM Access"),
	ALIAS("575", "RDS Remote Access Servers"),
	ALIAS("576", "RDS Endpoint Servers"),
	ALIAS("577", "RDS Management Servers"),
	ALIAS("578", "Hyper-V Administrators"),
	ALIAS("579", "Access Control Assistance Operators"),
	ALIAS("580", "Remote Management Users"),
	{ "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
	  "TrustedInstaller", SID_TYPE_WELL_KNOWN_GROUP, "NT SERVICE" },
};

const struct well_known *well_known_account(const char *sid)
{
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++)
		if (strcmp(accounts[i].sid, sid) == 0)
			return &accounts[i];
	return NULL;
}
