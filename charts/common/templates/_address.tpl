{{- /* Addresses for load balancers, and who tells the network about them: MetalLB or Cilium, by L2 or BGP. */ -}}
{{- define "common.kind.ipaddresspool" -}}
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  addresses:
    - {{ quote .body.range }}
  autoAssign: false
{{- end -}}

{{- define "common.kind.l2advertisement" -}}
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  ipAddressPools:
    - {{ .object }}
{{- end -}}

{{- define "common.kind.bgpadvertisement" -}}
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  ipAddressPools:
    - {{ .object }}
{{- end -}}

{{- define "common.kind.bgppeer" -}}
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  {{- include "common.yaml" .body.spec | nindent 2 }}
{{- end -}}

{{- define "common.kind.ciliumloadbalancerippool" -}}
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata:
  {{- include "common.meta.cluster" . | nindent 2 }}
spec:
  blocks:
    - start: {{ quote .body.first }}
      stop: {{ quote .body.last }}
{{- end -}}

{{- define "common.kind.ciliuml2announcementpolicy" -}}
apiVersion: cilium.io/v2alpha1
kind: CiliumL2AnnouncementPolicy
metadata:
  {{- include "common.meta.cluster" . | nindent 2 }}
spec:
  loadBalancerIPs: true
{{- end -}}
