# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is spoilt before alice initiates, and the nick of the ViciFailure of that."""

from failureends import CHILD, CREATE_CHILD_SA, IKE, IKE_AUTH, PASSWORD, message

CASES = {}


def case(expect):
    def add(function):
        CASES[function.__name__.replace('_', '-')] = (expect, function)
        return function
    return add


# Both are right: nothing to find, whatever the log says on the way.

@case('none')
def established(scene):
    """Nothing is wrong."""


@case('none')
def established_ike_only(scene):
    """Nothing is wrong, and no CHILD_SA was asked for."""
    del scene.request['child']


@case('none')
def established_ikev1(scene):
    """Nothing is wrong, with IKEv1."""
    scene.use_ikev1()


@case('none')
def established_with_certificates(scene):
    """Nothing is wrong, with certificates."""
    scene.certify_both()


@case('none')
def established_with_eap(scene):
    """Nothing is wrong, with EAP."""
    scene.use_eap('eap-mschapv2')


@case('none')
def established_with_other_group(scene):
    """The first key exchange that alice tries is not the one that bob wants."""
    scene.a.ike['proposals'] = ['aes128-sha256-x25519-ecp256']
    scene.b.ike['proposals'] = ['aes128-sha256-ecp256']


@case('none')
def established_child_with_other_group(scene):
    """The same, for a CHILD_SA of an IKE_SA that is there."""
    scene.a.children['second'] = {**scene.a.child, 'esp_proposals': ['aes128-sha256-x25519-ecp256']}
    scene.b.children['second'] = {**scene.b.child, 'esp_proposals': ['aes128-sha256-ecp256']}
    scene.b.children.pop(CHILD)
    scene.initiate_first(ike=IKE)
    scene.request['child'] = 'second'


@case('none')
def established_with_cookie(scene):
    """Bob wants a cookie, since somebody left an IKE_SA half open."""
    scene.b.set(cookie_threshold=1, cookie_threshold_ip=1)
    scene.a.connections['stranger'] = {**scene.a.ike, 'local': {'auth': 'pubkey', 'id': 'stranger'}}
    scene.initiate_first(ike='stranger')


@case('none')
def established_after_retransmits(scene):
    """Bob is asleep at first."""
    scene.before = scene.b.stop
    scene.when_logged('retransmit 2 of request', scene.b.go_on)


@case('none')
def established_at_second_try(scene):
    """Bob is asleep for longer than alice tries once."""
    scene.a.ike['keyingtries'] = '0'
    scene.a.set(retransmit_timeout=1)
    scene.before = scene.b.stop
    scene.when_logged('peer not responding, trying again', scene.b.go_on)


@case('none')
def established_with_narrowed_selectors(scene):
    """Bob lets alice have less than she asked for."""
    scene.a.child['remote_ts'] = ['10.2.0.0/16']


@case('none')
def established_beside_expired_certificate(scene):
    """Of the two certificates that alice has of bob's key, one has expired."""
    authority = scene.certify_both()
    old, key = authority.certify(scene.b.name, ends='20210101000000Z')
    scene.a.certificates.append({'type': 'X509', 'data': old})
    scene.b.keys.append(key)


@case('none')
def established_with_second_round(scene):
    """Both prove themselves twice."""
    scene.certify_both()
    for end, other in (scene.a, scene.b), (scene.b, scene.a):
        end.ike['local-2'] = {'auth': 'psk', 'id': end.name, 'round': '2'}
        end.ike['remote-2'] = {'auth': 'psk', 'id': other.name, 'round': '2'}


# Who one is.

@case('authentication-failed')
def wrong_secret(scene):
    """Alice has another secret than bob."""
    scene.a.secrets[0]['data'] = b'something else'


@case('authentication-failed')
def unknown_identity(scene):
    """Bob has no connection for somebody of alice's name."""
    scene.a.local['id'] = 'mallory.example.org'


@case('authentication-failed')
def certificate_refused(scene):
    """Bob does not know who certified alice."""
    scene.certify_both()
    scene.a.certify(scene.authority('elsewhere.example.org'))


@case('peer-authentication-failed')
def wrong_secret_of_peer(scene):
    """What bob proves himself with is another secret than what alice does."""
    authority = scene.authority()
    scene.a.certify(authority)
    scene.b.trust(authority)
    scene.b.secrets[0]['data'] = b'something else'


@case('peer-authentication-failed')
def other_method(scene):
    """Alice wants a certificate of bob, who has a secret."""
    scene.a.remote['auth'] = 'pubkey'


@case('peer-authentication-failed')
def too_few_rounds(scene):
    """Alice wants more proof of bob than he gives."""
    scene.a.ike['remote-2'] = {'auth': 'pubkey', 'id': scene.b.name, 'round': '2'}


@case('identity-mismatch')
def other_identity(scene):
    """Bob is not whom alice wants to talk to, and has proved that he is not."""
    scene.a.remote['id'] = '*.example.com'


@case('identity-mismatch')
def other_identity_in_certificate(scene):
    """Bob's certificate is not that of whom alice wants to talk to."""
    scene.certify_both()
    scene.a.remote['id'] = '*.example.com'


@case('peer-authentication-failed')
def certificate_without_identity(scene):
    """Bob's certificate does not hold the name that he gives."""
    authority = scene.certify_both()
    scene.b.certify(authority, 'somebody.example.org')


@case('credential-not-found')
def no_secret(scene):
    """Alice has no secret."""
    scene.a.secrets = []


@case('credential-not-found')
def no_secret_of_peer(scene):
    """Alice has a certificate, and not the secret that bob proves himself with."""
    authority = scene.authority()
    scene.a.certify(authority)
    scene.b.trust(authority)
    scene.a.secrets = []


@case('credential-not-found')
def no_key(scene):
    """Alice has a certificate, and not its key."""
    scene.certify_both()
    scene.a.keys = []


@case('credential-not-found')
def no_password(scene):
    """Alice has no password for EAP."""
    scene.use_eap('eap-mschapv2')
    scene.a.secrets = []


@case('credential-not-found')
def no_password_md5(scene):
    """Alice has no password for EAP-MD5."""
    scene.use_eap('eap-md5')
    scene.a.secrets = []


@case('certificate-not-trusted')
def unknown_authority(scene):
    """Alice does not know who certified bob."""
    scene.certify_both()
    scene.b.certify(scene.authority('elsewhere.example.org'))


@case('peer-authentication-failed')
def no_authority(scene):
    """Alice knows nobody who certifies, and bob gives her no certificate then."""
    scene.certify_both()
    scene.a.certificates = []


@case('certificate-not-trusted')
def untrusted_root(scene):
    """Bob certified himself."""
    scene.certify_both()
    himself = scene.authority(scene.b.name)
    scene.b.local['certs'] = [himself.certificate]
    scene.b.keys.append(himself.key)


@case('certificate-not-trusted')
def other_authority(scene):
    """Alice wants another of those whom she trusts to have certified bob."""
    scene.certify_both()
    elsewhere = scene.authority('elsewhere.example.org')
    scene.a.trust(elsewhere)
    scene.a.remote['cacerts'] = [elsewhere.certificate]


@case('certificate-expired')
def expired_certificate(scene):
    """Bob's certificate has expired."""
    authority = scene.certify_both()
    scene.b.certify(authority, ends='20210101000000Z')


@case('certificate-revoked')
def revoked_certificate(scene):
    """Bob's certificate was revoked."""
    authority = scene.certify_both()
    scene.a.certificates.append({'type': 'X509_CRL',
                                 'data': authority.revoke(scene.b.local['certs'][0])})


@case('certificate-not-trusted')
def unknown_revocation(scene):
    """Alice wants to be sure that bob's certificate was not revoked, and cannot be."""
    scene.certify_both()
    scene.a.remote['revocation'] = 'strict'


@case('eap-failed')
def wrong_password(scene):
    """Alice has a wrong password."""
    scene.use_eap('eap-mschapv2', password=b'something else')
    # Bob takes his time to say so.
    scene.a.set(retransmit_tries=30)


@case('eap-failed')
def wrong_password_md5(scene):
    """Alice has a wrong password for EAP-MD5."""
    scene.use_eap('eap-md5', password=b'something else')


@case('eap-failed')
def other_eap_method(scene):
    """Bob wants another method of EAP than alice."""
    scene.use_eap('eap-md5')
    scene.a.local['auth'] = 'eap-mschapv2'


# What one agrees on.

@case('ike-no-proposal-chosen')
def no_ike_proposal(scene):
    """They have no algorithms in common for IKE."""
    scene.b.ike['proposals'] = ['aes256-sha512-ecp384']


@case('ike-no-proposal-chosen')
def no_ike_config(scene):
    """Bob has nothing for alice's address."""
    scene.b.ike['remote_addrs'] = ['192.0.2.77']


@case('child-no-proposal-chosen')
def no_child_proposal(scene):
    """They have no algorithms in common for the CHILD_SA."""
    scene.b.child['esp_proposals'] = ['aes256-sha512']


@case('child-no-proposal-chosen')
def no_child_proposal_later(scene):
    """The same, for a CHILD_SA of an IKE_SA that is there."""
    scene.a.children['second'] = scene.a.child
    scene.b.children['second'] = {**scene.b.child, 'esp_proposals': ['aes256-sha512']}
    scene.b.children.pop(CHILD)
    scene.initiate_first(ike=IKE)
    scene.request['child'] = 'second'


@case('traffic-selectors-unacceptable')
def no_selectors(scene):
    """Bob has no CHILD_SA between such networks."""
    scene.a.child['remote_ts'] = ['10.77.0.0/16']


@case('traffic-selectors-unacceptable')
def no_selectors_closing(scene):
    """The same, and alice closes the IKE_SA then."""
    scene.a.child['remote_ts'] = ['10.77.0.0/16']
    scene.a.set(close_ike_on_child_failure='yes')


@case('traffic-selectors-unacceptable')
def no_selectors_later(scene):
    """The same, for a CHILD_SA of an IKE_SA that is there."""
    scene.a.children['second'] = {**scene.a.child, 'remote_ts': ['10.77.0.0/16']}
    scene.initiate_first(ike=IKE, child=CHILD)
    scene.request['child'] = 'second'


@case('address-not-assigned')
def no_address(scene):
    """Bob has no addresses to give away."""
    scene.a.ike['vips'] = ['0.0.0.0']
    scene.a.child.pop('local_ts')


@case('address-not-assigned')
def no_address_left(scene):
    """Bob has given away his only address."""
    scene.b.pools = {'few': {'addrs': '10.3.0.1/32'}}
    scene.b.ike['pools'] = ['few']
    scene.b.child.pop('remote_ts')
    scene.a.ike['vips'] = ['0.0.0.0', '0.0.0.0']
    scene.a.child.pop('local_ts')
    scene.b.connections['other'] = scene.b.ike
    scene.b.remote['id'] = '%any'
    scene.a.connections['other'] = {**scene.a.ike, 'vips': ['0.0.0.0'],
                                    'local': {'auth': 'psk', 'id': 'carol.example.org'}}
    scene.initiate_first(ike='other')


@case('address-not-assigned')
def address_not_asked_for(scene):
    """Bob wants alice to ask for an address, which she does not."""
    scene.b.pools = {'some': {'addrs': '10.3.0.0/24'}}
    scene.b.ike['pools'] = ['some']
    scene.b.child.pop('remote_ts')


@case('install-failed')
def not_installed(scene):
    """Alice's kernel has no ESP. Where it has, there is nothing to record."""
    scene.a.charon.plugins.remove('kernel-libipsec')


# Whether one is there.

@case('peer-not-responding')
def switched_off(scene):
    """Bob is gone."""
    scene.before = scene.b.charon.kill


@case('peer-not-responding')
def asleep(scene):
    """Bob is there, and says nothing."""
    scene.before = scene.b.stop


@case('peer-not-responding')
def nobody(scene):
    """Nobody has that address."""
    scene.a.ike['remote_addrs'] = ['192.0.2.99']


@case('peer-not-responding')
def no_route(scene):
    """There is no way to that address."""
    scene.a.ike['remote_addrs'] = ['203.0.113.1']
    scene.a.ike['local_addrs'] = ['%any']


@case('peer-not-responding')
def asleep_until_timeout(scene):
    """Bob says nothing, and alice had tried more often, had there been time."""
    scene.before = scene.b.stop
    scene.request['timeout'] = '750'


@case('peer-not-responding')
def asleep_during_authentication(scene):
    """Bob says nothing any more in the midst of it."""
    scene.b.delay(IKE_AUTH)


@case('peer-not-responding')
def asleep_ikev1(scene):
    """Bob says nothing to IKEv1 either."""
    scene.use_ikev1()
    scene.before = scene.b.stop


@case('timed-out')
def no_time(scene):
    """Alice had no time for a single retransmit."""
    scene.before = scene.b.stop
    scene.request['timeout'] = '100'


@case('peer-unreachable')
def unknown_name(scene):
    """Bob's address is a name that nobody knows."""
    scene.a.ike['remote_addrs'] = ['nobody.invalid']


@case('peer-unreachable')
def no_peer_address(scene):
    """Alice was not told where bob is."""
    scene.a.ike['remote_addrs'] = ['%any']


@case('closed-by-peer')
def closed_meanwhile(scene):
    """Bob closes the IKE_SA, and hears only then of the CHILD_SA that alice wants."""
    scene.b.delay(CREATE_CHILD_SA)
    scene.initiate_first(ike=IKE)
    terminate = message({'ike': IKE})
    scene.when_logged('generating CREATE_CHILD_SA request',
                      lambda: scene.b.vici.call_async('terminate', terminate, None, None))


# What one was told.

@case('config-not-found')
def no_child_config(scene):
    """Alice knows no such CHILD_SA."""
    scene.request['child'] = 'elsewhere'


@case('config-not-found')
def no_ike_config_name(scene):
    """Alice knows no such IKE_SA."""
    scene.request = {'ike': 'elsewhere', 'timeout': '60000'}


@case('config-invalid')
def no_config_name(scene):
    """Alice is not told what to initiate."""
    scene.request = {'timeout': '60000'}


@case('limit-reached')
def limit(scene):
    """Alice has as many half open IKE_SAs as she may."""
    scene.a.set(init_limit_half_open=1)
    scene.a.connections['other'] = {**scene.a.ike, 'remote_addrs': ['192.0.2.99']}
    scene.initiate_first(ike='other', timeout='-1')
    scene.request['init-limits'] = 'yes'


@case('duplicate')
def duplicate(scene):
    """The CHILD_SA is up already."""
    scene.initiate_first(ike=IKE, child=CHILD)


# IKEv1.

@case('unknown')
def wrong_secret_ikev1(scene):
    """Alice has another secret than bob, who cannot read her then."""
    scene.use_ikev1()
    scene.a.secrets[0]['data'] = b'something else'


@case('authentication-failed')
def unknown_identity_ikev1(scene):
    """Bob has no connection for somebody of alice's name."""
    scene.use_ikev1()
    scene.a.local['id'] = 'mallory.example.org'


@case('peer-authentication-failed')
def wrong_secret_aggressive(scene):
    """Alice has another secret than bob, in Aggressive Mode."""
    scene.use_ikev1()
    for end in scene.a, scene.b:
        end.ike['aggressive'] = 'yes'
    scene.b.set(i_dont_care_about_security_and_use_aggressive_mode_psk='yes')
    scene.a.secrets[0]['data'] = b'something else'


@case('ike-no-proposal-chosen')
def no_ike_proposal_ikev1(scene):
    """They have no algorithms in common for IKE."""
    scene.use_ikev1()
    no_ike_proposal(scene)


@case('child-no-proposal-chosen')
def no_child_proposal_ikev1(scene):
    """They have no algorithms in common for the CHILD_SA."""
    scene.use_ikev1()
    no_child_proposal(scene)


@case('traffic-selectors-unacceptable')
def no_selectors_ikev1(scene):
    """Bob has no CHILD_SA between such networks."""
    scene.use_ikev1()
    no_selectors(scene)


@case('identity-mismatch')
def other_identity_ikev1(scene):
    """Bob is not whom alice wants to talk to."""
    scene.use_ikev1()
    scene.a.remote['id'] = 'carol.example.org'
    scene.a.secrets[0].pop('owners', None)


@case('certificate-not-trusted')
def unknown_authority_ikev1(scene):
    """Alice does not know who certified bob."""
    scene.use_ikev1()
    unknown_authority(scene)


@case('credential-not-found')
def no_secret_ikev1(scene):
    """Alice has no secret."""
    scene.use_ikev1()
    scene.a.secrets = []


@case('credential-not-found')
def no_key_ikev1(scene):
    """Alice has a certificate, and not its key."""
    scene.use_ikev1()
    no_key(scene)


@case('eap-failed')
def wrong_xauth_password(scene):
    """Alice has a wrong password for XAuth."""
    scene.use_ikev1()
    for end, side in (scene.a, 'local-2'), (scene.b, 'remote-2'):
        end.ike[side] = {'auth': 'xauth', 'xauth_id': 'alice', 'round': '2'}
        end.secrets.append({'type': 'EAP', 'data': PASSWORD, 'owners': ['alice']})
    scene.a.secrets[1] = {**scene.a.secrets[1], 'data': b'something else'}


# Names that look like reasons.

@case('none')
def established_under_false_names(scene):
    """All that can be named is named after a reason."""
    spoil_names(scene, 'received AUTHENTICATION_FAILED notify error')


@case('traffic-selectors-unacceptable')
def no_selectors_under_false_names(scene):
    """All that can be named is named after another reason."""
    spoil_names(scene, 'received AUTHENTICATION_FAILED notify error')
    scene.b.child['local_ts'] = ['10.77.0.0/16']


def spoil_names(scene, reason):
    for end, other in (scene.a, scene.b), (scene.b, scene.a):
        end.connections = {reason: {**end.ike, 'children': {reason: end.child}}}
        end.local['id'] = f'{reason} {end.name}'
        end.remote['id'] = f'{reason} {other.name}'
    scene.request.update(ike=reason, child=reason)
