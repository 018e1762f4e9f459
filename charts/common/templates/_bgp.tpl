{{- /* Cilium tells every router the address of every load balancer. */ -}}
{{- define "common.kind.ciliumbgpadvertisement" -}}
apiVersion: cilium.io/v2
kind: CiliumBGPAdvertisement
metadata:
  {{- include "common.meta.cluster" . | nindent 2 }}
spec:
  advertisements:
    - advertisementType: Service
      service:
        addresses:
          - LoadBalancerIP
      selector:
        matchExpressions:
          - key: app.kubernetes.io/managed-by
            operator: Exists
{{- end -}}

{{- define "common.kind.ciliumbgppeerconfig" -}}
apiVersion: cilium.io/v2
kind: CiliumBGPPeerConfig
metadata:
  {{- include "common.meta.cluster" . | nindent 2 }}
spec:
  families:
    - afi: ipv4
      safi: unicast
      advertisements:
        matchLabels:
          app.kubernetes.io/managed-by: chartroom
{{- end -}}

{{- define "common.kind.ciliumbgpclusterconfig" -}}
apiVersion: cilium.io/v2
kind: CiliumBGPClusterConfig
metadata:
  {{- include "common.meta.cluster" . | nindent 2 }}
spec:
  bgpInstances:
    {{- range .body.instances }}
    - name: as-{{ toJson .asn }}
      localASN: {{ toJson .asn }}
      peers:
        {{- range .peers }}
        - name: {{ quote .name }}
          peerASN: {{ toJson .asn }}
          peerAddress: {{ quote .address }}
          peerConfigRef:
            name: {{ $.object }}
        {{- end }}
    {{- end }}
{{- end -}}
