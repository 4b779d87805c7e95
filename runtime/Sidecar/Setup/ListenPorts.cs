using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar.Setup;

/// <summary>The addresses that the listeners really have; they are known once the server runs.</summary>
internal sealed class ListenPorts(IServer server, IOptions<SidecarOptions> options)
{
    public IPEndPoint Http => At(0);

    public IPEndPoint Https => At(1);

    public IPEndPoint Metrics => At(2);

    private IPEndPoint At(int listener)
    {
        string address = server.Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(listener);
        return new IPEndPoint(options.Value.Address, BindingAddress.Parse(address).Port);
    }
}
