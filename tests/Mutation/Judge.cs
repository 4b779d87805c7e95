using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace ConfidentialOperator.Mutation;

/// <summary>Runs the proofs of the tests over a changed library, in a world of its own.</summary>
internal sealed class Judge
{
    private const string Library = "ConfidentialOperator.Attestation";

    private readonly string _folder;

    /// <summary>The assemblies that see the library's types: each world needs its own.</summary>
    private static readonly string[] s_own = ["ConfidentialOperator.Attestation.Tests", "ConfidentialOperator.Vectors", "ConfidentialOperator.Fuzz"];

    /// <summary>Takes the folder of the built tests.</summary>
    public Judge(string folder)
    {
        _folder = Path.GetFullPath(folder);
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            File.Exists(Path.Combine(_folder, name.Name + ".dll")) ? context.LoadFromAssemblyPath(Path.Combine(_folder, name.Name + ".dll")) : null;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) =>
            NativeLibrary.TryLoad(Path.Combine(_folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", name + ".so"), out nint handle) ? handle : 0;
    }

    /// <summary>Returns what the proofs found wrong; null when they found nothing, and the change survives.</summary>
    public string? FindFault(byte[] library, string vectors)
    {
        var world = new World(_folder, library);
        try
        {
            Type proof = world.LoadFromAssemblyName(new AssemblyName(s_own[0])).GetType(s_own[0] + ".Mutation.QuickProof", throwOnError: true)!;
            return (string?)proof.GetMethod("FindFault", BindingFlags.Public | BindingFlags.Static)!.Invoke(null, [vectors]);
        }
        catch (TargetInvocationException exception)
        {
            return exception.GetBaseException().GetType().Name + ": " + exception.GetBaseException().Message;
        }
        finally
        {
            world.Unload();
        }
    }

    private sealed class World(string folder, byte[] library) : AssemblyLoadContext(isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            string name = assemblyName.Name!;
            if (name == Library)
            {
                return LoadFromStream(new MemoryStream(library));
            }

            string path = Path.Combine(folder, name + ".dll");
            return s_own.Contains(name) ? LoadFromStream(new MemoryStream(File.ReadAllBytes(path)))
                : File.Exists(path) ? Default.LoadFromAssemblyPath(path) : null;
        }
    }
}
