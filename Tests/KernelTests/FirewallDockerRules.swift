/// What `iptables-save` said with Docker 20.10 and five networks (times left out).
let dockerRules = """
    *filter
    :INPUT ACCEPT [0:0]
    :FORWARD DROP [0:0]
    :OUTPUT ACCEPT [0:0]
    :DOCKER - [0:0]
    :DOCKER-ISOLATION-STAGE-1 - [0:0]
    :DOCKER-ISOLATION-STAGE-2 - [0:0]
    :DOCKER-USER - [0:0]
    -A FORWARD -j DOCKER-USER
    -A FORWARD -j DOCKER-ISOLATION-STAGE-1
    -A FORWARD -o br-1d5840a3d5e8 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    -A FORWARD -o br-1d5840a3d5e8 -j DOCKER
    -A FORWARD -i br-1d5840a3d5e8 ! -o br-1d5840a3d5e8 -j ACCEPT
    -A FORWARD -i br-1d5840a3d5e8 -o br-1d5840a3d5e8 -j ACCEPT
    -A FORWARD -o br-45f46424aa4b -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    -A FORWARD -o br-45f46424aa4b -j DOCKER
    -A FORWARD -i br-45f46424aa4b ! -o br-45f46424aa4b -j ACCEPT
    -A FORWARD -i br-9f4d9f11249f -o br-9f4d9f11249f -j ACCEPT
    -A FORWARD -o mybr0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    -A FORWARD -o mybr0 -j DOCKER
    -A FORWARD -i mybr0 ! -o mybr0 -j ACCEPT
    -A FORWARD -i mybr0 -o mybr0 -j ACCEPT
    -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    -A FORWARD -o docker0 -j DOCKER
    -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
    -A FORWARD -i docker0 -o docker0 -j ACCEPT
    -A FORWARD -i br-45f46424aa4b -o br-45f46424aa4b -j DROP
    -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
    -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p udp -m udp --dport 53 -j ACCEPT
    -A DOCKER -d 172.28.5.0/32 ! -i mybr0 -o mybr0 -p tcp -m tcp --dport 90 -j ACCEPT
    -A DOCKER-ISOLATION-STAGE-1 -i br-1d5840a3d5e8 ! -o br-1d5840a3d5e8 -j DOCKER-ISOLATION-STAGE-2
    -A DOCKER-ISOLATION-STAGE-1 -i br-45f46424aa4b ! -o br-45f46424aa4b -j DOCKER-ISOLATION-STAGE-2
    -A DOCKER-ISOLATION-STAGE-1 ! -s 10.77.0.0/24 -o br-9f4d9f11249f -j DROP
    -A DOCKER-ISOLATION-STAGE-1 ! -d 10.77.0.0/24 -i br-9f4d9f11249f -j DROP
    -A DOCKER-ISOLATION-STAGE-1 -i mybr0 ! -o mybr0 -j DOCKER-ISOLATION-STAGE-2
    -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
    -A DOCKER-ISOLATION-STAGE-1 -j RETURN
    -A DOCKER-ISOLATION-STAGE-2 -o br-1d5840a3d5e8 -j DROP
    -A DOCKER-ISOLATION-STAGE-2 -o br-45f46424aa4b -j DROP
    -A DOCKER-ISOLATION-STAGE-2 -o mybr0 -j DROP
    -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
    -A DOCKER-ISOLATION-STAGE-2 -j RETURN
    -A DOCKER-USER -j RETURN
    COMMIT
    *nat
    :PREROUTING ACCEPT [0:0]
    :INPUT ACCEPT [0:0]
    :OUTPUT ACCEPT [0:0]
    :POSTROUTING ACCEPT [0:0]
    :DOCKER - [0:0]
    -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
    -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
    -A POSTROUTING -s 10.79.0.0/24 ! -o br-1d5840a3d5e8 -j MASQUERADE
    -A POSTROUTING -s 10.78.0.0/24 ! -o br-45f46424aa4b -j MASQUERADE
    -A POSTROUTING -s 172.28.0.0/16 ! -o mybr0 -j MASQUERADE
    -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
    -A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
    -A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p udp -m udp --dport 53 -j MASQUERADE
    -A POSTROUTING -s 172.28.5.0/32 -d 172.28.5.0/32 -p tcp -m tcp --dport 90 -j MASQUERADE
    -A DOCKER -i br-1d5840a3d5e8 -j RETURN
    -A DOCKER -i br-45f46424aa4b -j RETURN
    -A DOCKER -i mybr0 -j RETURN
    -A DOCKER -i docker0 -j RETURN
    -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
    -A DOCKER -d 127.0.0.1/32 ! -i docker0 -p udp -m udp --dport 5353 -j DNAT --to-destination 172.17.0.2:53
    -A DOCKER ! -i mybr0 -p tcp -m tcp --dport 9090 -j DNAT --to-destination 172.28.5.0:90
    COMMIT

    """
