/**
 * What the user accounts and the whitelist write to people: without a text of its own each mail would
 * go out empty. The stack file may say each otherwise. Names in double brackets are filled in by the
 * program (facts/skywire.md 4.16).
 */

/** One mail. */
export interface MailText {
  readonly subject: string;
  /** HTML. */
  readonly content: string;
}

/** Mails of the user accounts; to some of them the program appends a link. */
export const authMails = {
  "sign-up": {
    subject: "Confirm your Skycoin account",
    content: "Please confirm your e-mail address: ",
  },
  "forgot-password": {
    subject: "Your Skycoin account: a new password",
    content: "Set a new password here: ",
  },
  "password-changed": {
    subject: "Your Skycoin account: the password has changed",
    content:
      "The password of your account has changed. If this was not you, please tell us at once.",
  },
  "skycoin-address-changed": {
    subject: "Your Skycoin account: the address has changed",
    content:
      "The Skycoin address of your account has changed. If this was not you, please tell us.",
  },
  "user-status-changed-to-admin": {
    subject: "Your Skycoin account: administrator",
    content: "Your account now has the rights of an administrator.",
  },
  "account-changed-to-disabled": {
    subject: "Your Skycoin account is disabled",
    content: "Your account has been disabled. Please write to us if you do not know why.",
  },
  "account-created-after-import": {
    subject: "A Skycoin account for you",
    content:
      "An account with your miners has been made for you. Set its password here: [[auth-url]]",
  },
} as const satisfies Readonly<Record<string, MailText>>;

/** Mails of the whitelist; each is set between `intro` and `signature`. */
export const whitelistMails = {
  "miners-imported-for-new-account": {
    subject: "Skywire whitelist: an account for you",
    content: "Your miners wait in a new account. Log in here: [[link_to_whitelist_login_page]]",
  },
  "miners-imported-for-existing-account": {
    subject: "Skywire whitelist: new miners",
    content: "New miners were added to your account: [[link_to_account]]",
  },
  "application-created": {
    subject: "Skywire whitelist: your application has arrived",
    content: "We have your application. How it goes on is told here: [[link_to_login]]",
  },
  "application-updated": {
    subject: "Skywire whitelist: your application",
    content:
      "Your application is now: [[status_of_application]]. [[comment]] More here: [[link_to_login]]",
  },
  "miner-nodes-added": {
    subject: "Skywire whitelist: more nodes",
    content:
      "You have added nodes to a miner, so that it is looked at again. Please add pictures here: [[link_to_login]]",
  },
  "transfer-miner": {
    subject: "Skywire whitelist: a miner for you",
    content:
      "[[link_of_user_sender]] has handed a miner over to you. See it here: [[link_to_login]]",
  },
  "deleted-miner": {
    subject: "Skywire whitelist: a miner was deleted",
    content: "An administrator has deleted one of your miners. Which one: [[link_to_login]]",
  },
  "reenabled-miner": {
    subject: "Skywire whitelist: a miner is back",
    content: "An administrator has enabled one of your miners again: [[link_to_login]]",
  },
  "shopify-import": {
    subject: "Your Skyminer",
    content: "Thank you for your Skyminer. Register its public keys here: [[base_url]]",
  },
  "third-batch-email": {
    subject: "Your further Skyminer",
    content: "Thank you for another Skyminer. Register its public keys here: [[base_url]]",
  },
  "notify-user-about-uptime": {
    subject: "Skywire whitelist: uptime of your nodes",
    content: "None of your nodes was up long enough last month. See them here: [[link_to_account]]",
  },
  "remind-user-about-address": {
    subject: "Skywire whitelist: an address is missing",
    content: "Without a Skycoin address you get no reward. Add one here: [[link_to_login]]",
  },
} as const satisfies Readonly<Record<string, MailText>>;
